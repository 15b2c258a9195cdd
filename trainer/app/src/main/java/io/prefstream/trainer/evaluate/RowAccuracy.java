package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.annotation.JsonValue;
import io.prefstream.schemas.ContentId;
import io.prefstream.trainer.Accuracy;
import io.prefstream.trainer.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How many comparisons were judged right, and how certain that is, where a row may give several of
 * them: these share a prompt and answers, and so aren't as many trials as there are.
 *
 * @param right comparisons judged right; a tie is half right
 * @param pairs comparisons
 * @param interval of which kind {@code low} and {@code high} are
 */
public record RowAccuracy(
        double right, long pairs, double value, double low, double high, Interval interval) {
    private static final int RESAMPLES = 1_000;

    /** Kinds of 95 % intervals. */
    public enum Interval {
        /** Wilson's over pairs: each row gives one. */
        WILSON("Wilson"),
        /** Of means over resampled rows. */
        BOOTSTRAP_OVER_ROWS("bootstrap over rows"),
        /**
         * Wilson's as if each row were one trial: all rows agree, and so do all samples of them.
         */
        WILSON_OVER_ROWS("Wilson over rows");

        private final String words;

        Interval(String words) {
            this.words = words;
        }

        @JsonValue
        String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * Of the comparisons of rows; the same rows in the same order, the same interval.
     *
     * @param rows the margins of each, at least one row; one without margins counts for nothing
     */
    public static RowAccuracy of(List<List<Float>> rows) {
        List<List<Float>> given = rows.stream().filter(row -> !row.isEmpty()).toList();
        double[] right = new double[given.size()];
        int[] pairs = new int[given.size()];
        for (int i = 0; i < pairs.length; i++) {
            right[i] =
                    given.get(i).stream().mapToDouble(margin -> Outcome.of(margin).right()).sum();
            pairs[i] = given.get(i).size();
        }
        Accuracy all = new Accuracy(Arrays.stream(right).sum(), Arrays.stream(pairs).sum());
        if (all.pairs() == pairs.length) {
            return of(all, all.low(), all.high(), Interval.WILSON);
        }
        Random random = new Random(ContentId.seed("pairs", Integer.toString(pairs.length)));
        Estimate bootstrap = Estimate.ofRatio(right, pairs, RESAMPLES, random);
        if (bootstrap.low() < bootstrap.high()) {
            return of(all, bootstrap.low(), bootstrap.high(), Interval.BOOTSTRAP_OVER_ROWS);
        }
        Accuracy byRow = new Accuracy(all.value() * pairs.length, pairs.length);
        return of(all, byRow.low(), byRow.high(), Interval.WILSON_OVER_ROWS);
    }

    private static RowAccuracy of(Accuracy all, double low, double high, Interval interval) {
        return new RowAccuracy(all.right(), all.pairs(), all.value(), low, high, interval);
    }
}
