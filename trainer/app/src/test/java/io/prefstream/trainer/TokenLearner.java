package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A learner that weighs tokens, in plain Java: learns in milliseconds what a real one learns in
 * minutes, with momentum so that losing the optimizer's state shows.
 */
class TokenLearner implements Learner {

    static final int LONGEST = 500;

    /** A token that makes the loss no number. */
    static final String POISON = "poison";

    private static final int BUCKETS = 512;

    private final float[] weights = new float[BUCKETS];
    private final float[] momentum = new float[BUCKETS];

    static Learner create(TrainerConfig config) {
        return new TokenLearner();
    }

    @Override
    public Optional<String> refusal(PreferencePair pair) {
        int length = pair.getCandidate().getChosen().getText().length();
        return length > LONGEST
                ? Optional.of("response of %d chars exceeds %d".formatted(length, LONGEST))
                : Optional.empty();
    }

    @Override
    public Batch prepare(List<PreferencePair> pairs, List<Double> weights) {
        return new Prepared(pairs, weights, new Work(10L * pairs.size(), 16L * pairs.size(), 1e6));
    }

    private record Prepared(List<PreferencePair> pairs, List<Double> weights, Work work)
            implements Batch {}

    /** 6 to 14. */
    @Override
    public long tokens(PreferencePair pair) {
        return 6 + Math.floorMod(pair.getId().hashCode(), 9);
    }

    @Override
    public double peakRate() {
        return 1e12;
    }

    @Override
    public StepResult step(Batch prepared, double learningRate) {
        List<PreferencePair> batch = ((Prepared) prepared).pairs();
        float[] gradient = new float[BUCKETS];
        double loss = 0;
        double rewards = 0;
        double squares = 0;
        for (int i = 0; i < batch.size(); i++) {
            PreferencePair pair = batch.get(i);
            double weight = ((Prepared) prepared).weights().get(i);
            String chosen = pair.getCandidate().getChosen().getText();
            String rejected = pair.getCandidate().getRejected().getText();
            double margin = chosen.contains(POISON) ? Double.NaN : margin(pair);
            loss += weight * Math.log1p(Math.exp(-margin));
            float error = (float) (weight / (1 + Math.exp(margin)) / batch.size());
            addTo(gradient, chosen, error);
            addTo(gradient, rejected, -error);
            rewards += reward(chosen) + reward(rejected);
            squares += reward(chosen) * reward(chosen) + reward(rejected) * reward(rejected);
        }
        boolean finite = Double.isFinite(loss);
        double norm = 0;
        for (int i = 0; i < BUCKETS; i++) {
            norm += gradient[i] * gradient[i];
            if (finite) {
                momentum[i] = 0.9f * momentum[i] + gradient[i];
                weights[i] += (float) learningRate * momentum[i];
            }
        }
        double mean = loss / batch.size();
        double reward = rewards / (2 * batch.size());
        return new StepResult(
                mean,
                mean,
                0,
                Math.sqrt(norm),
                10L * batch.size(),
                finite,
                reward,
                squares / (2 * batch.size()) - reward * reward);
    }

    @Override
    public float[] margins(List<PreferencePair> pairs) {
        float[] margins = new float[pairs.size()];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = (float) margin(pairs.get(i));
        }
        return margins;
    }

    @Override
    public void save(Path folder) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(folder.resolve("weights.bin")))) {
            for (int i = 0; i < BUCKETS; i++) {
                out.writeFloat(weights[i]);
                out.writeFloat(momentum[i]);
            }
        }
    }

    @Override
    public void load(Path folder) throws IOException {
        try (DataInputStream in =
                new DataInputStream(Files.newInputStream(folder.resolve("weights.bin")))) {
            for (int i = 0; i < BUCKETS; i++) {
                weights[i] = in.readFloat();
                momentum[i] = in.readFloat();
            }
        }
    }

    @Override
    public void export(Path folder) throws IOException {
        Files.writeString(folder.resolve("model.txt"), Arrays.toString(weights));
    }

    @Override
    public Memory remember() {
        float[] oldWeights = weights.clone();
        float[] oldMomentum = momentum.clone();
        return new Memory() {
            @Override
            public void recall() {
                System.arraycopy(oldWeights, 0, weights, 0, BUCKETS);
                System.arraycopy(oldMomentum, 0, momentum, 0, BUCKETS);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}

    private double margin(PreferencePair pair) {
        return reward(pair.getCandidate().getChosen().getText())
                - reward(pair.getCandidate().getRejected().getText());
    }

    double reward(String text) {
        double sum = 0;
        for (String token : text.split(" ", -1)) {
            sum += weights[Math.floorMod(token.hashCode(), BUCKETS)];
        }
        return sum;
    }

    private static void addTo(float[] gradient, String text, float by) {
        for (String token : text.split(" ", -1)) {
            gradient[Math.floorMod(token.hashCode(), BUCKETS)] += by;
        }
    }
}
