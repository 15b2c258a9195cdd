package io.prefstream.synthesize.modelgap;

import io.prefstream.generation.Sampling;
import java.io.Serializable;
import java.time.Duration;

/**
 * How pairs are made of two models' answers.
 *
 * @param share of the functions that are asked for, in [0, 1]; which ones is decided by their ids
 * @param sampling of both models
 * @param maxTokens of an answer; a longer one is cut and makes no pair
 * @param timeout for both answers to a function
 * @param capacity functions under way in a subtask
 * @param maxDocChars most chars of the documentation comment in the instruction
 * @param maxInstructionChars most chars of an instruction
 * @param seed part of every request's seed
 */
public record ModelGapSettings(
        double share,
        PromptStyle style,
        Sampling sampling,
        int maxTokens,
        Duration timeout,
        int capacity,
        int maxDocChars,
        int maxInstructionChars,
        long seed)
        implements Serializable {}
