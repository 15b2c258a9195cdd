package io.prefstream.trainer.finetune;

import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.trainer.TrainerConfig;
import io.prefstream.trainer.TrainerConfigReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a tuning, checked when they are made.
 *
 * @param pairs the file that is trained on
 * @param learningRate the cosine's peak
 * @param warmup share of the steps in which the rate rises
 * @param epochs how often each pair is seen
 * @param batch pairs of a step
 * @param context tokens of prompt and response together, null for the paper's 1,024 or the model's
 *     where it has less
 * @param maxBadSteps steps in a row whose loss is no number after which it stops
 */
record FinetuneOptions(
        Path pairs,
        double learningRate,
        double warmup,
        int epochs,
        int batch,
        double weightDecay,
        double clipNorm,
        @Nullable Integer context,
        int tokensAtOnce,
        int maxBadSteps) {

    private static final int PAPERS_CONTEXT = 1_024;

    FinetuneOptions {
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new IllegalArgumentException(
                    "--learning-rate=%s must be above 0".formatted(learningRate));
        }
        if (!(warmup >= 0 && warmup < 1)) {
            throw new IllegalArgumentException("--warmup=%s must be in [0, 1)".formatted(warmup));
        }
        if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
            throw new IllegalArgumentException(
                    "--weight-decay=%s must not be negative".formatted(weightDecay));
        }
        if (!(clipNorm > 0 && Double.isFinite(clipNorm))) {
            throw new IllegalArgumentException(
                    "--clip-norm=%s must be above 0".formatted(clipNorm));
        }
        atLeastOne("--epochs", epochs);
        atLeastOne("--batch", batch);
        atLeastOne("--tokens-at-once", tokensAtOnce);
        atLeastOne("--max-bad-steps", maxBadSteps);
        if (context != null && context < 8) {
            throw new IllegalArgumentException(
                    "--context=%d must be at least 8".formatted(context));
        }
    }

    /** Steps over a number of pairs; the last step of an epoch may be smaller. */
    long steps(int trained) {
        return (long) epochs * ((trained + batch - 1) / batch);
    }

    /**
     * The learner's configuration: the reward loss alone, AdamW as the paper's script leaves it.
     *
     * @param model what is tuned
     * @param work a folder for the learner's own files
     * @param seed draws a reward head where the model has none
     */
    TrainerConfig learner(Path model, Path work, long seed) throws IOException {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("seed", String.valueOf(seed));
        keys.put("out", quoted(work));
        keys.put("model.path", quoted(model));
        keys.put("model.context", String.valueOf(contextOf(model)));
        keys.put("source.pairs", quoted(pairs));
        keys.put("schedule.steps", "1");
        keys.put("batch.pairs", String.valueOf(batch));
        keys.put("batch.tokens-at-once", String.valueOf(tokensAtOnce));
        keys.put("optimizer.learning-rate", String.valueOf(learningRate));
        keys.put("optimizer.beta1", "0.9");
        keys.put("optimizer.beta2", "0.999");
        keys.put("optimizer.weight-decay", String.valueOf(weightDecay));
        keys.put("optimizer.clip-norm", String.valueOf(clipNorm));
        keys.put("loss.reward", "1.0");
        keys.put("loss.language", "0.0");
        return TrainerConfigReader.read(null, keys);
    }

    private int contextOf(Path model) throws IOException {
        if (context != null) {
            return context;
        }
        ModelConfig config = ModelConfig.read(model.resolve(ModelBundle.CONFIG));
        return Math.min(PAPERS_CONTEXT, config.maxPositionEmbeddings());
    }

    /** As YAML reads it whatever characters it has. */
    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s=%d must be at least 1".formatted(option, value));
        }
    }
}
