package io.prefstream.trainer;

import io.prefstream.model.LogisticSlope;
import io.prefstream.schemas.PreferencePair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a model says of the holdout pairs.
 *
 * @param margins reward of chosen minus reward of rejected, in the order of the pairs
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Judgement(List<PreferencePair> pairs, float[] margins) {

    static Judgement of(Learner learner, HoldoutSet holdout) {
        List<PreferencePair> pairs = holdout.pairs();
        return new Judgement(pairs, learner.margins(pairs));
    }

    Accuracy accuracy() {
        return Accuracy.ofMargins(margins);
    }

    double calibrationError() {
        return Calibration.of(margins).expectedError();
    }

    /**
     * What the margins are to be multiplied with to be log-odds of the label: below 1 for a model
     * that is surer than it is right.
     */
    double marginScale() {
        double[] x = new double[margins.length];
        double[] labels = new double[margins.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = margins[i];
            labels[i] = 1;
        }
        return LogisticSlope.fit(x, new double[x.length], labels, 1);
    }

    /** Pairs whose margin is no number. */
    long notFinite() {
        long count = 0;
        for (float margin : margins) {
            count += Float.isFinite(margin) ? 0 : 1;
        }
        return count;
    }

    /** How right it is on each pair, by pair id: 1, 0, or 0.5 for a tie. */
    Map<String, Double> verdicts() {
        Map<String, Double> verdicts = new TreeMap<>();
        for (int i = 0; i < margins.length; i++) {
            verdicts.put(pairs.get(i).getId(), Outcome.of(margins[i]).right());
        }
        return verdicts;
    }
}
