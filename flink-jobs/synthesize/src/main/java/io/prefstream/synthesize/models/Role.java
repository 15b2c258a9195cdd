package io.prefstream.synthesize.models;

import java.util.Locale;

/** What a generator is asked for. */
public enum Role {
    /** Answers that are chosen. */
    STRONG,
    /** Answers that are rejected. */
    WEAK,
    /** Instructions, from code. */
    DESCRIBER,
    /** Better versions of answers. */
    CRITIC;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
