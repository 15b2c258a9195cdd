package io.prefstream.validate.judge;

import io.prefstream.jobs.generators.GeneratorPool;
import java.io.Serializable;

/**
 * How judges are asked.
 *
 * @param models that judge
 * @param votes on each pair, each of two requests
 * @param capacity pairs under way per subtask
 */
public record JudgeSettings(GeneratorPool.Factory models, int votes, int capacity, JudgeRule rule)
        implements Serializable {}
