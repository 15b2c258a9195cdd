package io.prefstream.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What can be known to be wrong with a training before any of it begins or anything is written. */
public final class TrainerPreflight {

    private TrainerPreflight() {}

    /**
     * Checks the places that a configuration names. Asks the store of {@code output.uri}, if there
     * is one, and loads no engine.
     *
     * @throws IllegalArgumentException in one line that names key and value
     * @throws IOException if the model's files can't be read as a model's
     */
    public static void check(TrainerConfig config) throws IOException {
        Path pairs = config.source().pairs();
        if (pairs != null) {
            FilePairs.check(config.source(), pairs);
        }
        if (Files.exists(config.out()) && !Files.isDirectory(config.out())) {
            throw new IllegalArgumentException("out=" + config.out() + " is no folder");
        }
        if (config.replay().serve().port() != null) {
            config.replay().serve().checkAddress();
        }
        if (config.metrics().port() != null) {
            config.metrics().checkAddress();
        }
        ModelLearner.check(config);
        CheckpointMirror.open(config.output(), () -> true).close();
    }
}
