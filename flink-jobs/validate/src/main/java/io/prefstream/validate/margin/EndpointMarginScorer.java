package io.prefstream.validate.margin;

import io.prefstream.generation.RewardAnswer;
import io.prefstream.generation.RewardRequest;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.openai.RewardClient;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CandidatePair;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Margins by the model behind an endpoint, which is asked whatever is released. Both sides of a
 * pair are asked in one request, so that the same weights score them.
 */
public final class EndpointMarginScorer implements MarginScorer {

    private final String user;
    private final RewardClient client;

    private EndpointMarginScorer(String user, RewardClient client) {
        this.user = user;
        this.client = client;
    }

    /**
     * Opens a client in each task.
     *
     * @param user who asks: servers serve their users in turn
     */
    public static MarginScorer.Factory factory(String user, OpenAiSettings endpoint) {
        return () -> new EndpointMarginScorer(user, new RewardClient(endpoint));
    }

    @Override
    public CompletableFuture<Margin> margin(CandidatePair pair, @Nullable ReleaseModel model) {
        CompletableFuture<RewardAnswer> rewards =
                client.rewards(
                        RewardRequest.of(
                                user,
                                pair.getInstruction(),
                                List.of(pair.getChosen().getText(), pair.getRejected().getText())));
        CompletableFuture<Margin> margin = rewards.thenApply(EndpointMarginScorer::margin);
        margin.whenComplete((value, failure) -> rewards.cancel(false));
        return margin;
    }

    private static Margin margin(RewardAnswer answer) {
        // As floats, as the engine in this process subtracts them.
        float value = answer.rewards().get(0) - answer.rewards().get(1);
        return new Margin(value, answer.model(), answer.marginScale().orElse(1));
    }

    @Override
    public void close() {
        client.close();
    }
}
