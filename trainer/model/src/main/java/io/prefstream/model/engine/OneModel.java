package io.prefstream.model.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Scores that are compared: all by the same weights, however often an engine moves to others while
 * they are asked.
 */
public final class OneModel {
    private OneModel() {}

    /**
     * The scores that asking gives; asks again where other weights came between two of them.
     * Whoever gives the result up gives up what is under way.
     *
     * @param ask begins at least one score; what it throws fails the result
     */
    public static CompletableFuture<List<TextScore>> scores(
            Supplier<List<CompletableFuture<TextScore>>> ask) {
        CompletableFuture<List<TextScore>> result = new CompletableFuture<>();
        ask(ask, result);
        return result;
    }

    private static void ask(
            Supplier<List<CompletableFuture<TextScore>>> ask,
            CompletableFuture<List<TextScore>> result) {
        List<CompletableFuture<TextScore>> asked;
        try {
            asked = ask.get();
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
            return;
        }
        CompletableFuture<?> unused =
                CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                        .whenComplete(
                                (nothing, failure) -> {
                                    if (failure != null) {
                                        result.completeExceptionally(
                                                failure instanceof CompletionException e
                                                                && e.getCause() != null
                                                        ? e.getCause()
                                                        : failure);
                                        return;
                                    }
                                    List<TextScore> scores =
                                            asked.stream().map(CompletableFuture::join).toList();
                                    if (scores.stream().map(TextScore::model).distinct().count()
                                            == 1) {
                                        result.complete(scores);
                                    } else if (!result.isDone()) {
                                        ask(ask, result);
                                    }
                                });
        result.whenComplete((scores, failure) -> asked.forEach(score -> score.cancel(false)));
    }
}
