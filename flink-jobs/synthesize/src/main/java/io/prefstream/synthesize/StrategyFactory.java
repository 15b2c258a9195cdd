package io.prefstream.synthesize;

import java.io.Serializable;

/** Makes the strategy of a subtask where it runs: a strategy itself needn't be serializable. */
@FunctionalInterface
public interface StrategyFactory extends Serializable {

    Strategy create();
}
