package io.prefstream.jobs.generators;

import java.util.Locale;

/** What a generator is asked for. */
public enum Role {
    /** Answers that are chosen. */
    STRONG,
    /** Answers that are rejected. */
    WEAK,
    /** Several answers, of which the best and the worst are taken. */
    SAMPLER,
    /** Instructions, from code. */
    DESCRIBER,
    /** Better versions of answers. */
    CRITIC,
    /** Which of two answers is better. */
    JUDGE,
    /** Tests of a function. */
    TESTER,
    /** What code is for. */
    CLASSIFIER;

    /** Whether it is played in plain language, and not in code alone. */
    boolean isTold() {
        return this == DESCRIBER || this == JUDGE || this == TESTER || this == CLASSIFIER;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
