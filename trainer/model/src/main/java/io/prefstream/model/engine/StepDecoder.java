package io.prefstream.model.engine;

import io.prefstream.model.ModelConfig;

/**
 * Weights and cache of a model, and the call that runs a step. Calls may run side by side if none
 * reads a cache block that another one writes.
 */
interface StepDecoder extends AutoCloseable {

    ModelConfig config();

    /** Blocks of the cache. */
    int blocks();

    /** Arrays that live outside a step. */
    int liveArrays();

    /** Runs one step. */
    StepOutput step(StepBatch batch);

    @Override
    void close();
}
