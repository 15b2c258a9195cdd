/**
 * Rolling pre-training: pairs come from the log, go through the replay table into training steps,
 * and leave as release checkpoints.
 */
@NullMarked
package io.prefstream.trainer;

import org.jspecify.annotations.NullMarked;
