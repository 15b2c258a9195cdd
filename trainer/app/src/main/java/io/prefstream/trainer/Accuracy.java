package io.prefstream.trainer;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How many of a number of pairs were judged right; a tie is half right ({@link Outcome}).
 *
 * <p>The interval is Wilson's score interval at 95 % (z = 1.96), which stays inside [0, 1] and is
 * honest for small counts.
 *
 * @param right pairs judged right
 * @param pairs pairs judged
 */
@JsonIgnoreProperties(
        value = {"value", "low", "high"},
        allowGetters = true)
public record Accuracy(double right, long pairs) {

    private static final double Z = 1.959964;

    /** Of margins. */
    public static Accuracy ofMargins(float[] margins) {
        double right = 0;
        for (float margin : margins) {
            right += Outcome.of(margin).right();
        }
        return new Accuracy(right, margins.length);
    }

    /** Whether anything was judged at all. */
    public boolean known() {
        return pairs > 0;
    }

    /** Share that is right; NaN without pairs. */
    @JsonProperty
    public double value() {
        return right / pairs;
    }

    /** Lower end of the 95 % interval. */
    @JsonProperty
    public double low() {
        return centre() - halfWidth();
    }

    /** Upper end of the 95 % interval. */
    @JsonProperty
    public double high() {
        return centre() + halfWidth();
    }

    private double centre() {
        return (value() + Z * Z / (2 * pairs)) / (1 + Z * Z / pairs);
    }

    private double halfWidth() {
        double p = value();
        return Z
                / (1 + Z * Z / pairs)
                * Math.sqrt(p * (1 - p) / pairs + Z * Z / (4.0 * pairs * pairs));
    }
}
