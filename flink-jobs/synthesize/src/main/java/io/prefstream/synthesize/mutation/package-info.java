/**
 * Pairs by mutation: the published function against the same function with seeded semantic edits.
 *
 * <p>The operators are mutation testing's, chosen and balanced so that neither the counts of tokens
 * nor the length nor the formatting tells the sides apart. Knows no Flink.
 */
@NullMarked
package io.prefstream.synthesize.mutation;

import org.jspecify.annotations.NullMarked;
