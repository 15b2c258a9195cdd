package io.prefstream.synthesize;

import io.prefstream.jobs.generators.GeneratorPool;
import java.io.IOException;
import java.io.Serializable;

/** Makes the strategy of a subtask where it runs: a strategy itself needn't be serializable. */
@FunctionalInterface
public interface StrategyFactory extends Serializable {

    /**
     * Makes it; this may wait for what it needs.
     *
     * @param models that the subtask may ask
     * @throws IOException if it can't have what it needs
     */
    Strategy create(GeneratorPool models) throws IOException, InterruptedException;
}
