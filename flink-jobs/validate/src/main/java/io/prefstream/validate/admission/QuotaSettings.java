package io.prefstream.validate.admission;

import java.io.Serializable;
import java.util.Map;

/**
 * The shares of accepted pairs that some languages and strategies may have at most, each above 0
 * and at most 1.
 *
 * @param languages by language
 * @param strategies by strategy
 * @param window offers that are remembered, per subtask
 */
public record QuotaSettings(
        Map<String, Double> languages, Map<String, Double> strategies, int window)
        implements Serializable {

    /** Whether there is any quota. */
    public boolean any() {
        return !languages.isEmpty() || !strategies.isEmpty();
    }
}
