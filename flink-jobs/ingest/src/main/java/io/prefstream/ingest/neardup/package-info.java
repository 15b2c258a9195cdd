/**
 * Near-duplicates: MinHash signatures, bands that bring similar snippets together, and the stage
 * that lets the first of them pass. {@link io.prefstream.ingest.neardup.NearDupStage} shows the
 * whole.
 */
@org.jspecify.annotations.NullMarked
package io.prefstream.ingest.neardup;
