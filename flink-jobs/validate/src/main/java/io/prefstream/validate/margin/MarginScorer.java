package io.prefstream.validate.margin;

import io.prefstream.jobs.generators.release.CheckpointUnusableException;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.schemas.CandidatePair;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Gives margins of pairs by released models. Called by one task, answers on any thread. */
public interface MarginScorer extends AutoCloseable {

    /**
     * The margin of a pair. Returns at once.
     *
     * <p>Fails with {@link CheckpointUnusableException} where there is no model, or none that can
     * be loaded, which is not worth another attempt.
     *
     * @param model the newest release when the pair came by, null where there was none: a scorer
     *     that follows releases asks that one or a newer one
     */
    CompletableFuture<Margin> margin(CandidatePair pair, @Nullable ReleaseModel model);

    @Override
    void close();

    /**
     * A margin and who gave it.
     *
     * @param value reward of chosen minus reward of rejected, both by the same model
     * @param checkpointId the model that scored
     * @param scale what its margins are to be multiplied with to be log-odds; 1 where nobody knows
     */
    record Margin(double value, String checkpointId, double scale) {}

    /** Opens a scorer in the task's process. */
    @FunctionalInterface
    interface Factory extends Serializable {
        MarginScorer open();
    }
}
