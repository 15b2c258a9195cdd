package io.prefstream.trainer.finetune;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.Learner;
import io.prefstream.trainer.TrainingException;
import io.prefstream.trainer.evaluate.RowAccuracy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Passes over pairs with the cosine schedule, and the accuracy before and after.
 *
 * <p>A step whose loss or gradient is no number changes nothing (the learner leaves its weights
 * alone); it is counted, and {@code max-bad-steps} of them in a row end the tuning. Same pairs and
 * seed, same steps.
 */
final class Tuning {
    private static final int KEYS_SHOWN = 8;

    private final FinetuneOptions options;
    private final BooleanSupplier stopped;

    /**
     * @param stopped asked before every step
     */
    Tuning(FinetuneOptions options, BooleanSupplier stopped) {
        this.options = options;
        this.stopped = stopped;
    }

    /** Hears of each step. */
    interface Listener {
        void stepped(long step, long steps, Learner.StepResult result, double rate);
    }

    /**
     * What a tuning did.
     *
     * @param skipped steps that changed nothing because a number was none
     * @param loss mean −log σ(r⁺ − r⁻) over the last epoch's steps, before each; NaN if all were
     *     skipped
     */
    record Outcome(long steps, long skipped, double loss) {}

    /** The pairs that a seed takes of all, in the order in which it takes them. */
    static List<PreferencePair> sample(List<PreferencePair> all, int count, long seed) {
        List<PreferencePair> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random("sample", seed));
        return shuffled.subList(0, count);
    }

    /**
     * Tunes.
     *
     * @throws TrainingException if too many steps in a row gave no number
     * @throws CancellationException if a stop was asked for
     */
    Outcome run(Learner learner, List<PreferencePair> pairs, long seed, Listener listener) {
        long steps = options.steps(pairs.size());
        CosineRate rate = CosineRate.of(options.learningRate(), options.warmup(), steps);
        Random random = random("epochs", seed);
        List<PreferencePair> order = new ArrayList<>(pairs);
        long step = 0;
        long skipped = 0;
        double loss = 0;
        long counted = 0;
        List<String> bad = new ArrayList<>();
        for (int epoch = 1; epoch <= options.epochs(); epoch++) {
            Collections.shuffle(order, random);
            for (int from = 0; from < order.size(); from += options.batch()) {
                if (stopped.getAsBoolean()) {
                    throw new CancellationException(
                            "stopped at step %,d of %,d; this model is not written"
                                    .formatted(step, steps));
                }
                List<PreferencePair> batch =
                        order.subList(from, Math.min(order.size(), from + options.batch()));
                double now = rate.at(++step);
                Learner.StepResult result = learner.step(batch, now);
                listener.stepped(step, steps, result, now);
                if (result.applied()) {
                    bad.clear();
                    if (epoch == options.epochs()) {
                        loss += result.rewardLoss();
                        counted++;
                    }
                } else {
                    skipped++;
                    bad.add("step " + step + " with " + keys(batch));
                    if (bad.size() == options.maxBadSteps()) {
                        throw new TrainingException(
                                "%s: loss %s and gradient norm %s, expected numbers, in %d steps in a row (--max-bad-steps): %s"
                                        .formatted(
                                                options.pairs(),
                                                result.rewardLoss(),
                                                result.gradNorm(),
                                                bad.size(),
                                                String.join("; ", bad)));
                    }
                }
            }
        }
        return new Outcome(step, skipped, counted == 0 ? Double.NaN : loss / counted);
    }

    /**
     * Accuracy on the pairs of rows.
     *
     * @throws TrainingException if a reward is no number
     */
    RowAccuracy judge(Learner learner, List<List<PreferencePair>> rows) {
        List<PreferencePair> pairs = rows.stream().flatMap(List::stream).toList();
        float[] margins = learner.margins(pairs);
        for (int i = 0; i < margins.length; i++) {
            if (!Float.isFinite(margins[i])) {
                throw new TrainingException(
                        "the margin of pair %s is %s: the model gives no number"
                                .formatted(pairs.get(i).getId(), margins[i]));
            }
        }
        List<List<Float>> byRow = new ArrayList<>();
        int next = 0;
        for (List<PreferencePair> row : rows) {
            List<Float> ofRow = new ArrayList<>();
            for (int i = 0; i < row.size(); i++) {
                ofRow.add(margins[next++]);
            }
            byRow.add(ofRow);
        }
        return RowAccuracy.of(byRow);
    }

    private static Random random(String what, long seed) {
        return new Random(ContentId.seed("finetune", what, Long.toString(seed)));
    }

    private static String keys(List<PreferencePair> batch) {
        String some =
                batch.stream()
                        .limit(KEYS_SHOWN)
                        .map(PreferencePair::getId)
                        .collect(Collectors.joining(", "));
        int more = batch.size() - KEYS_SHOWN;
        return more > 0 ? "%s and %d more".formatted(some, more) : some;
    }
}
