/** Snippets that hold parts of benchmarks are dropped before they leave. */
@org.jspecify.annotations.NullMarked
package io.prefstream.ingest.decontaminate;
