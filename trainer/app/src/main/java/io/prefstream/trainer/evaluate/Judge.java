package io.prefstream.trainer.evaluate;

import io.prefstream.generation.GenerationException;
import io.prefstream.model.engine.EngineClosedException;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.engine.TextScore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Asks a model for rewards, many at once. A text that exceeds the context has none, and the
 * question that it belongs to is left out, by key and reason. Equal answers to a question are asked
 * for once: in batches of different lengths their rewards would differ by rounding.
 */
final class Judge {

    /** Texts in hand: enough that no batch goes without, and the most that a question may have. */
    static final int WINDOW = 1024;

    private final TextEngine engine;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Map<String, String> unscored = new TreeMap<>();
    private int inHand;

    Judge(TextEngine engine) {
        this.engine = engine;
    }

    /** Takes the rewards of a question's answers, in their order. */
    interface Taker {
        void take(float[] rewards);
    }

    private record Pending(String key, List<CompletableFuture<TextScore>> scores, Taker taker) {}

    /**
     * Asks; the answer comes now or later, in the order of the questions.
     *
     * @param key what messages call the question
     * @throws IllegalArgumentException if a reward is no number
     */
    void ask(String key, String prompt, List<String> answers, Taker taker)
            throws InterruptedException, ExecutionException {
        while (inHand + answers.size() > WINDOW && !pending.isEmpty()) {
            answerNext();
        }
        Map<String, CompletableFuture<TextScore>> asked = new HashMap<>();
        List<CompletableFuture<TextScore>> scores =
                answers.stream()
                        .map(text -> asked.computeIfAbsent(text, one -> engine.score(prompt, one)))
                        .toList();
        pending.add(new Pending(key, scores, taker));
        inHand += answers.size();
    }

    /** Waits for the rest. */
    void finish() throws InterruptedException, ExecutionException {
        while (!pending.isEmpty()) {
            answerNext();
        }
    }

    /** Why what was left out was left out, by key. */
    Map<String, String> unscored() {
        return unscored;
    }

    /** Benchmarks' files name some rows alike. */
    private String unused(String key) {
        String name = key;
        for (int i = 2; unscored.containsKey(name); i++) {
            name = "%s (%d)".formatted(key, i);
        }
        return name;
    }

    private void answerNext() throws InterruptedException, ExecutionException {
        Pending next = pending.remove();
        inHand -= next.scores().size();
        Optional<float[]> rewards = rewards(next);
        rewards.ifPresent(next.taker()::take);
    }

    private Optional<float[]> rewards(Pending next)
            throws InterruptedException, ExecutionException {
        float[] rewards = new float[next.scores().size()];
        for (int i = 0; i < rewards.length; i++) {
            try {
                rewards[i] = next.scores().get(i).get().reward();
            } catch (ExecutionException e) {
                // An engine that has stopped would leave out all that comes.
                if (!(e.getCause() instanceof GenerationException)
                        || e.getCause() instanceof EngineClosedException) {
                    throw e;
                }
                unscored.put(
                        unused(next.key()),
                        "answer %d: %s".formatted(i + 1, e.getCause().getMessage()));
                return Optional.empty();
            }
            if (!Float.isFinite(rewards[i])) {
                throw new IllegalArgumentException(
                        "%s: the reward of answer %d is %s: the model gives no number"
                                .formatted(next.key(), i + 1, rewards[i]));
            }
        }
        return Optional.of(rewards);
    }
}
