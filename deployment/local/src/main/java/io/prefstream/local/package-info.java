/**
 * The whole pipeline on one machine: the command line, the embedded services it starts, and what it
 * says while they run.
 */
@NullMarked
package io.prefstream.local;

import org.jspecify.annotations.NullMarked;
