/** Thin Flink operators around the decisions of ingest. */
@NullMarked
package io.prefstream.ingest.operators;

import org.jspecify.annotations.NullMarked;
