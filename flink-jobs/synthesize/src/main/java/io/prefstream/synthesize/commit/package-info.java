/**
 * Pairs by fix commits: a published function against what it was before it was fixed.
 *
 * <p>Knows no Flink.
 */
@NullMarked
package io.prefstream.synthesize.commit;

import org.jspecify.annotations.NullMarked;
