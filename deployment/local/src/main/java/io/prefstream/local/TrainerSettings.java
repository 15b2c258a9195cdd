package io.prefstream.local;

import io.prefstream.trainer.TrainerConfig;
import io.prefstream.trainer.TrainerConfigReader;
import io.prefstream.trainer.TrainerPreflight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a run tells its trainer, as the trainer's options; what the user says goes over it. */
final class TrainerSettings {

    /** Pairs that the trainer waits for before its first step, where so many will come. */
    private static final long MIN_TABLE = 256;

    /** What suits the untrained demo model would destroy a trained one. */
    private static final String DEMO_LEARNING_RATE = "3.0e-3";

    /** CodePMP's for 7 billion parameters. */
    private static final String BASE_LEARNING_RATE = "1.0e-6";

    private static final Pattern KEY_FIRST = Pattern.compile("^[a-z0-9-]+(?:\\.[a-z0-9-]+)*=");

    private TrainerSettings() {}

    /**
     * Checks what the user says to the trainer, long before that starts.
     *
     * @param out the trainer's folder
     * @throws BadUsageException naming the option
     * @throws IOException if {@code trainer.model.path} is no model that can be read
     */
    static void check(RunRequest request, Path out) throws IOException {
        Map<String, String> given = given(request, out);
        request.trainerConfig()
                .forEach(
                        (key, value) -> {
                            if (given.containsKey(key)) {
                                throw new BadUsageException(
                                        "--config trainer.%s=%s would be ignored: a run sets that itself, by --out, --seed, --steps or where its topics are"
                                                .formatted(key, value));
                            }
                        });
        try {
            // How many pairs there will be nobody knows: the least, and as many as count.
            config(request, 0, given);
            TrainerPreflight.check(config(request, Long.MAX_VALUE, given));
        } catch (IllegalArgumentException e) {
            String problem = Failures.oneLine(e);
            String option = KEY_FIRST.matcher(problem).find() ? "trainer." : "trainer.KEY: ";
            throw new BadUsageException("--config " + option + problem);
        } catch (IOException e) {
            throw new IOException("--config trainer.model.path: " + Failures.oneLine(e), e);
        }
    }

    private static TrainerConfig config(RunRequest request, long pairs, Map<String, String> given) {
        Map<String, String> settings = of(request, pairs, false);
        settings.putAll(given);
        return TrainerConfigReader.read(null, settings);
    }

    /** What {@link TrainerProcess} says in options of their own, which go over all settings. */
    private static Map<String, String> given(RunRequest request, Path out) {
        Map<String, String> given = new TreeMap<>();
        given.put("out", out.toString());
        given.put("seed", Long.toString(request.seed()));
        given.put("source.bootstrap-servers", "the run's");
        given.put("source.registry-url", "the run's");
        Long steps = request.steps();
        if (steps != null) {
            given.put("schedule.steps", Long.toString(steps));
        }
        return given;
    }

    /**
     * For a trainer that is started now.
     *
     * @param pairs training pairs on the topic
     * @param drained whether no more will come
     */
    static Map<String, String> of(RunRequest request, long pairs, boolean drained) {
        Map<String, String> settings = new TreeMap<>();
        // What is there may be all there will ever be.
        settings.put("replay.min-size", Long.toString(Math.max(1, Math.min(MIN_TABLE, pairs / 2))));
        if (drained) {
            settings.put("source.dry-timeout", "30s");
        }
        settings.put("model.context", Integer.toString(request.contextTokens()));
        settings.put("batch.pairs", "32");
        settings.put(
                "optimizer.learning-rate",
                request.model() == null ? DEMO_LEARNING_RATE : BASE_LEARNING_RATE);
        // Two forward passes for each fresh pair would take more time than the training.
        settings.put("evaluation.prequential-share", "0.03");
        // The table should hold most of a short run's pairs long before its last step.
        settings.put("source.pairs-per-step", "256");
        Long steps = request.steps();
        if (steps == null) {
            settings.put("schedule.release-every", "200");
            settings.put("evaluation.every", "50");
            settings.put("schedule.trunk-every-time", "1m");
        } else {
            settings.put("evaluation.every", Long.toString(Math.max(1, steps / 4)));
        }
        settings.putAll(request.trainerConfig());
        return settings;
    }
}
