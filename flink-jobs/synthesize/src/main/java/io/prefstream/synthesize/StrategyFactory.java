package io.prefstream.synthesize;

import io.prefstream.jobs.generators.GeneratorPool;
import java.io.Serializable;

/** Makes the strategy of a subtask where it runs: a strategy itself needn't be serializable. */
@FunctionalInterface
public interface StrategyFactory extends Serializable {

    /**
     * @param models that the subtask may ask
     */
    Strategy create(GeneratorPool models);
}
