package io.prefstream.validate.margin;

import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CandidatePair;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A scorer that answers when the test says so. */
final class FakeScorer implements MarginScorer {

    /** A question that waits for its answer. */
    record Question(
            CandidatePair pair, @Nullable ReleaseModel model, CompletableFuture<Margin> answer) {}

    final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();

    @Override
    public CompletableFuture<Margin> margin(CandidatePair pair, @Nullable ReleaseModel model) {
        Question question = new Question(pair, model, new CompletableFuture<>());
        questions.add(question);
        return question.answer();
    }

    @Override
    public void close() {}
}
