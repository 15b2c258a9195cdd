package io.prefstream.trainer.pretrain;

import io.prefstream.model.Precision;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What is trained on what, and for how long.
 *
 * @param sources archives and folders of Java files, one per artifact
 * @param heldOut share of the artifacts that are never trained on, by a hash of their names
 * @param batch windows a step
 * @param peak learning rate after the warm-up
 * @param decay share of the steps, the last ones, over which the rate falls linearly to a tenth
 */
public record PretrainOptions(
        Path sources,
        Path out,
        int hidden,
        int intermediate,
        int layers,
        int heads,
        int keyValueHeads,
        int context,
        double heldOut,
        int batch,
        long steps,
        double peak,
        long warmup,
        double decay,
        long seed,
        long evaluateEvery,
        int tokensAtOnce,
        Precision precision) {
    public PretrainOptions {
        if (!(heldOut > 0 && heldOut < 1)) {
            throw new IllegalArgumentException(
                    "--held-out=%s must lie between 0 and 1".formatted(heldOut));
        }
        atLeastOne("--batch", batch);
        atLeastOne("--steps", steps);
        atLeastOne("--evaluate-every", evaluateEvery);
        atLeastOne("--tokens-at-once", tokensAtOnce);
        if (!(peak > 0) || warmup < 0 || !(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException(
                    ("--learning-rate=%s must be above 0, --warmup=%d at least 0, --decay=%s from"
                                    + " 0 to 1")
                            .formatted(peak, warmup, decay));
        }
    }

    /** Learning rate of a step, counted from 1. */
    public double learningRate(long step) {
        double rate = warmup == 0 ? peak : peak * Math.min(1.0, (double) step / warmup);
        long start = Math.round(steps * (1 - decay));
        if (step <= start) {
            return rate;
        }
        return rate * (1 - 0.9 * (step - start) / (steps - start));
    }

    /** The command that asks for the same, but for the folders. */
    String command() {
        return String.format(
                Locale.ROOT,
                """
                ./prefstream pretrain --sources DIR --out DIR \\
                  --hidden %d --intermediate %d --layers %d --heads %d --key-value-heads %d \\
                  --context %d --held-out %s --batch %d --steps %d --learning-rate %s \\
                  --warmup %d --decay %s --seed %d --precision %s\
                """,
                hidden,
                intermediate,
                layers,
                heads,
                keyValueHeads,
                context,
                heldOut,
                batch,
                steps,
                peak,
                warmup,
                decay,
                seed,
                precision);
    }

    private static void atLeastOne(String option, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("%s=%d must be at least 1".formatted(option, value));
        }
    }
}
