/**
 * Tuning of a released preference model to a task's pairs, and how many of them it takes: {@code
 * prefstream finetune}.
 */
@NullMarked
package io.prefstream.trainer.finetune;

import org.jspecify.annotations.NullMarked;
