/**
 * Runs tests of code that nobody vouches for, in a sandbox: {@link
 * io.prefstream.execution.TestBench} is where to begin. No Flink, no model library.
 */
@NullMarked
package io.prefstream.execution;

import org.jspecify.annotations.NullMarked;
