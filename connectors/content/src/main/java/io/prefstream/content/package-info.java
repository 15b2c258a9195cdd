/**
 * Fetches what a {@link io.prefstream.schemas.Publication} points to and hands out its files,
 * within limits.
 *
 * <p>{@link io.prefstream.content.ContentFetcher} is the door: Maven source archives and git
 * commits behind one method. Every entry comes out either as a file or as a skipped file with a
 * reason, and a fetch that fails is a value, so that counts add up. Knows no Flink. The packages
 * {@code maven} and {@code git} hold the access to repositories that the feeds share.
 */
@org.jspecify.annotations.NullMarked
package io.prefstream.content;
