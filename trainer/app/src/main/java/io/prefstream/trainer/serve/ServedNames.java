package io.prefstream.trainer.serve;

import io.prefstream.model.engine.TextEngine;
import java.util.List;
import java.util.stream.Stream;

/**
 * What requests may call the model: a name that stays, or what answers call it, which changes with
 * its weights.
 */
record ServedNames(String name, TextEngine engine) {

    /** The name that stays first. */
    List<String> all() {
        return Stream.of(name, engine.model()).distinct().toList();
    }

    /**
     * @throws RefusedException if no model of that name is served
     */
    void check(String asked) {
        List<String> served = all();
        if (!served.contains(asked)) {
            throw RefusedException.noModel(asked, String.join(" or ", served));
        }
    }
}
