/**
 * The skeleton of feeds that look at a list of targets again and again: one split per target, whose
 * state is what was seen there, so that what was emitted and what was seen are checkpointed as one.
 */
@org.jspecify.annotations.NullMarked
package io.prefstream.feeds.watch;
