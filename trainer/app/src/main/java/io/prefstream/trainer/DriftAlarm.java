package io.prefstream.trainer;

/**
 * Fresh pairs have become harder for the model.
 *
 * @param step of the trunk that judged them
 * @param before accuracy on the older of the fresh pairs that were looked at
 * @param after accuracy on the newer ones
 */
public record DriftAlarm(long step, Accuracy before, Accuracy after) {}
