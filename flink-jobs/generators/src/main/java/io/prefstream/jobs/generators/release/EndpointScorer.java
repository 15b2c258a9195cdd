package io.prefstream.jobs.generators.release;

import io.prefstream.generation.GenerationException;
import io.prefstream.generation.RewardAnswer;
import io.prefstream.generation.RewardRequest;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.openai.RewardClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The preference model behind an endpoint, whatever is released: answers to one instruction are
 * asked in one request, so that the same weights give all their rewards.
 *
 * <p>An endpoint that is away, busy or out of its mind is waited for, however long it takes. One
 * that refuses all (a key, a model without rewards) has no preference model.
 */
public final class EndpointScorer implements AnswerScorer {

    private final String user;
    private final RewardClient client;

    private EndpointScorer(String user, RewardClient client) {
        this.user = user;
        this.client = client;
    }

    /**
     * Opens a client in the task's process.
     *
     * @param user who asks: servers serve their users in turn
     */
    public static AnswerScorerFactory factory(String user, OpenAiSettings endpoint) {
        OpenAiSettings patient =
                endpoint.withLimits(
                        endpoint.requestTimeout(), Integer.MAX_VALUE, endpoint.maxInFlight());
        return () -> new EndpointScorer(user, new RewardClient(patient));
    }

    @Override
    public CompletableFuture<Void> ready(@Nullable ReleaseModel newest) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Rewards> rewards(
            @Nullable ReleaseModel newest, String instruction, List<String> answers) {
        return client.rewards(RewardRequest.of(user, instruction, answers))
                .handle(EndpointScorer::rewards);
    }

    private static Rewards rewards(@Nullable RewardAnswer answer, @Nullable Throwable failure) {
        if (answer != null) {
            return new Rewards(answer.rewards(), answer.model());
        }
        throw new CompletionException(
                failure instanceof GenerationException e && e.refusesAll()
                        ? new CheckpointUnusableException(String.valueOf(e.getMessage()), e)
                        : failure);
    }

    @Override
    public void close() {
        client.close();
    }
}
