/**
 * The event feeds: FLIP-27 sources of {@link io.prefstream.schemas.RepoEvent}s. What all of them
 * share is in {@code watch}; a new feed is a {@link io.prefstream.feeds.watch.Watcher} and a
 * builder.
 */
@org.jspecify.annotations.NullMarked
package io.prefstream.feeds;
