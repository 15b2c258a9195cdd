package io.prefstream.validate.bias;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What is measured of accepted pairs, and what raises an alarm.
 *
 * @param window size of a window of event time
 * @param allowedLateness how long a window stays open behind its end, in event time
 * @param reportEvery pairs after which an open window is reported
 * @param limit accuracy that no feature may surely exceed
 * @param minPairs pairs of a group below which nothing is said of it
 * @param alarms names of the features that raise an alarm
 */
public record BiasSettings(
        Duration window,
        Duration allowedLateness,
        int reportEvery,
        double limit,
        int minPairs,
        List<String> alarms)
        implements Serializable {

    /** Whether an accuracy of a feature is one that an alarm is due for. */
    boolean alarming(String feature, Accuracy accuracy) {
        return alarms.contains(feature)
                && accuracy.pairs() >= minPairs
                && accuracy.lowerBound() > limit;
    }
}
