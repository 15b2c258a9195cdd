package io.prefstream.synthesize.models;

import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.Response;
import io.prefstream.synthesize.Attempt;
import java.util.concurrent.CompletableFuture;

/** Chosen is the published function, rejected a weak model's answer to its description. */
public final class SourceVsModel extends ModelStrategy {

    public static final String NAME = "source-vs-model";

    SourceVsModel(Describer.Settings instructions, GeneratorPool models) {
        super(NAME, instructions, models, Role.WEAK);
    }

    @Override
    CompletableFuture<Attempt> pair(Task task) {
        Response published =
                Response.newBuilder()
                        .setText(task.snippet().getText())
                        .setGenerator("published")
                        .setFinishReason(FinishReason.PUBLISHED)
                        .build();
        return answer(task, Role.WEAK)
                .thenApply(
                        answer ->
                                cut(answer)
                                        .orElseGet(
                                                () ->
                                                        candidate(
                                                                task,
                                                                published,
                                                                answer.response())));
    }
}
