package io.prefstream.local;

import java.util.Map;
import java.util.TreeMap;

/** What a run tells its trainer, as the trainer's options; what the user says goes over it. */
final class TrainerSettings {

    /** Pairs that the trainer waits for before its first step, where so many will come. */
    private static final long MIN_TABLE = 256;

    /** What suits the untrained demo model would destroy a trained one. */
    private static final String DEMO_LEARNING_RATE = "3.0e-3";

    /** CodePMP's for 7 billion parameters. */
    private static final String BASE_LEARNING_RATE = "1.0e-6";

    private TrainerSettings() {}

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
