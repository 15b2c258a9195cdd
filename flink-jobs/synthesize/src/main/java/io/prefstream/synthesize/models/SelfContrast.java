package io.prefstream.synthesize.models;

import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Several answers of one model to one description, best against worst; who says which is best is
 * the subclasses' part. Both sides have one author, so who wrote what gives nothing away.
 */
abstract class SelfContrast extends ModelStrategy {

    static final String NAME = "self-contrast";

    private final int samples;

    /**
     * @param samples of each function, at least two
     */
    SelfContrast(int samples, Describer.Settings instructions, GeneratorPool models) {
        super(NAME, instructions, models, Role.SAMPLER);
        this.samples = samples;
    }

    /**
     * Asks for answers; no pair where fewer than two have an end and differ.
     *
     * @param told what becomes of those, in the order of their seeds
     */
    final CompletableFuture<Attempt> sampled(
            Task task, Function<List<Answer>, CompletableFuture<Attempt>> told) {
        Writer writer = writer(task, Role.SAMPLER);
        List<CompletableFuture<Answer>> asked =
                IntStream.range(0, samples)
                        .mapToObj(
                                i ->
                                        writer.function(
                                                task.instruction(),
                                                task.language(),
                                                task.seeds().of(Role.SAMPLER + " " + i),
                                                task.budget()))
                        .toList();
        return all(asked)
                // Not on the engine's own thread, which what follows would hold up.
                .thenComposeAsync(
                        answers -> {
                            Set<String> seen = new HashSet<>();
                            List<Answer> different =
                                    answers.stream()
                                            .filter(
                                                    answer ->
                                                            !answer.isCut()
                                                                    && seen.add(answer.code()))
                                            .toList();
                            return different.size() < 2
                                    ? CompletableFuture.completedFuture(
                                            alike(
                                                    "of %d samples only %d have an end and differ"
                                                            .formatted(
                                                                    answers.size(),
                                                                    different.size())))
                                    : told.apply(different);
                        });
    }

    /** No pair, as nothing tells the samples apart. */
    static NoCandidate alike(String detail) {
        return new NoCandidate(SynthesizeReason.SAMPLES_ALIKE, detail);
    }

    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(nothing -> futures.stream().map(CompletableFuture::join).toList());
    }
}
