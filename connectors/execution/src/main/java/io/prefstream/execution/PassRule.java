package io.prefstream.execution;

import java.io.Serializable;

/**
 * When tests tell a better answer from a worse one: at least 0.8 passed and a gap of at least 0.4
 * in AceCoder (arXiv 2502.01718, section 2.2).
 *
 * @param minPassRate least pass rate of the better one, in [0, 1]
 * @param minGap least difference of the pass rates, in [0, 1]
 */
public record PassRule(double minPassRate, double minGap) implements Serializable {

    /** AceCoder's. */
    public static final PassRule ACE_CODER = new PassRule(0.8, 0.4);

    /** Rates are quotients of whole numbers: 0.9 - 0.5 must not fall short of 0.4. */
    private static final double ROUNDING = 1e-9;

    public PassRule {
        if (!(minPassRate >= 0 && minPassRate <= 1 && minGap >= 0 && minGap <= 1)) {
            throw new IllegalArgumentException(
                    "pass rate %s and gap %s must be from 0 to 1".formatted(minPassRate, minGap));
        }
    }

    /** Whether an answer passes enough of its tests to be the better one. */
    public boolean suffices(PassRate better) {
        return suffices(better.value());
    }

    /** Whether the worse answer passes clearly fewer. */
    public boolean apart(PassRate better, PassRate worse) {
        return apart(better.value(), worse.value());
    }

    /** Whether answers that pass these parts of their tests are a better and a worse one. */
    public boolean tells(double better, double worse) {
        return suffices(better) && apart(better, worse);
    }

    private boolean suffices(double better) {
        return better >= minPassRate - ROUNDING;
    }

    private boolean apart(double better, double worse) {
        return better - worse >= minGap - ROUNDING;
    }
}
