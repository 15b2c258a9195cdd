/** Runs a pair's tests on both of its sides, and judges by what they say. */
@NullMarked
package io.prefstream.validate.execution;

import org.jspecify.annotations.NullMarked;
