package io.prefstream.trainer.serve;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/** What the margins of models are to be multiplied with to be log-odds. Thread-safe. */
final class MarginScales {
    private final Map<String, Double> byModel = new ConcurrentHashMap<>();

    void put(String model, OptionalDouble scale) {
        scale.ifPresent(value -> byModel.put(model, value));
    }

    /** Empty for a model that says nothing. */
    OptionalDouble of(String model) {
        Double scale = byModel.get(model);
        return scale == null ? OptionalDouble.empty() : OptionalDouble.of(scale);
    }
}
