package io.prefstream.synthesize.tests;

import java.io.Serializable;

/**
 * How tests are written.
 *
 * @param share of the functions with a candidate, in [0, 1], for which they are; decided by their
 *     ids
 * @param count that is asked for, and most that are kept
 * @param least usable ones, or none is kept: a few that are wrong would decide
 * @param maxChars of a test
 */
public record TestSettings(double share, int count, int least, int maxChars)
        implements Serializable {

    /** None is written. */
    public static final TestSettings NONE = new TestSettings(0, 0, 0, 0);
}
