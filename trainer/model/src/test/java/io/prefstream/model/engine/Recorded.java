package io.prefstream.model.engine;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A generation's tokens, as they came. */
final class Recorded implements TokenListener {
    final List<Integer> tokens = new ArrayList<>();
    final List<Double> logProbabilities = new ArrayList<>();
    final CompletableFuture<FinishReason> end = new CompletableFuture<>();

    static Sequence sequence(
            int[] prompt, Sampling sampling, int maxTokens, long seed, Recorded listener) {
        return new Sequence(
                prompt,
                new Sequence.Continue(sampling, maxTokens, Set.of(), seed, -1, listener),
                "",
                System.nanoTime(),
                Long.MAX_VALUE);
    }

    @Override
    public boolean token(Chosen chosen, List<Chosen> top) {
        tokens.add(chosen.token());
        logProbabilities.add(chosen.logProbability());
        return false;
    }

    @Override
    public void finished(FinishReason reason, String model) {
        end.complete(reason);
    }

    @Override
    public void failed(Throwable why) {
        end.completeExceptionally(why);
    }

    List<Integer> await() throws Exception {
        end.get(60, TimeUnit.SECONDS);
        return tokens;
    }
}
