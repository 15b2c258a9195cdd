package io.prefstream.validate;

import io.prefstream.model.LogisticSlope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Fits the confidence of labels to pairs whose label compiler or tests decided, and says how well
 * it is calibrated before and after.
 *
 * <p>A strategy's prior is (confirmed + ½) / (decided + 1). With these as offsets the judges' and
 * the margin's weights are fitted in turns, each by {@link LogisticSlope} around the shipped one,
 * which is coordinate ascent on a concave function. <i>After</i> is out of sample: each
 * repository's pairs are rated by what was fitted to the others'. The file that is written is
 * fitted to all.
 *
 * <pre>java -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas -cp $CP
 *     io.prefstream.validate.CalibrateLabels OUTCOMES.jsonl CALIBRATION.json</pre>
 */
final class CalibrateLabels {

    private static final int TURNS = 50;

    /** The most that an option may say of a judge's accuracy. */
    private static final double MAX_ACCURACY = 0.99;

    private CalibrateLabels() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            throw new IllegalArgumentException("usage: OUTCOMES.jsonl CALIBRATION.json");
        }
        List<LabelOutcome> outcomes = LabelOutcome.read(Path.of(args[0]));
        LabelConfidence shipped =
                ValidateOptions.settings(ValidateJob.options().parse()).confidence();
        System.out.print(reliability(outcomes, one -> shipped).table("before"));
        Map<String, LabelConfidence> fitted = new TreeMap<>();
        for (String repository :
                new TreeSet<>(outcomes.stream().map(LabelOutcome::repository).toList())) {
            fitted.put(
                    repository,
                    fit(
                            outcomes.stream()
                                    .filter(one -> !one.repository().equals(repository))
                                    .toList(),
                            shipped));
        }
        System.out.print(
                reliability(outcomes, one -> fitted.get(one.repository()))
                        .table("after, each repository by the others"));
        LabelConfidence all = fit(outcomes, shipped);
        CalibrationFile.write(all, Path.of(args[1]));
        System.out.println("\n" + all);
        judgeAccuracy(outcomes)
                .ifPresent(
                        accuracy ->
                                System.out.printf(
                                        Locale.ROOT,
                                        "judges by the agreement of both orders: %.3f%n",
                                        accuracy));
    }

    static Reliability reliability(
            List<LabelOutcome> outcomes, Function<LabelOutcome, LabelConfidence> by) {
        return Reliability.of(
                outcomes.stream().map(one -> one.confidence(by.apply(one))).toList(),
                outcomes.stream().map(LabelOutcome::confirmed).toList());
    }

    /** What fits these outcomes; of strategies that aren't among them, what is known already. */
    static LabelConfidence fit(List<LabelOutcome> outcomes, LabelConfidence known) {
        Map<String, Double> priors = new TreeMap<>(known.priors());
        List<LabelOutcome> untested = outcomes.stream().filter(one -> !one.tested()).toList();
        for (String strategy : untested.stream().map(LabelOutcome::strategy).distinct().toList()) {
            priors.put(
                    strategy,
                    share(
                            untested.stream()
                                    .filter(one -> one.strategy().equals(strategy))
                                    .toList()));
        }
        List<LabelOutcome> tested = outcomes.stream().filter(LabelOutcome::tested).toList();
        double testedPrior = tested.isEmpty() ? known.testedPrior() : share(tested);
        double margin = known.marginWeight();
        double judges = LabelConfidence.logit(known.judgeAccuracy());
        LabelConfidence fitted =
                new LabelConfidence(
                        priors, known.otherPrior(), testedPrior, margin, known.judgeAccuracy());
        for (int turn = 0; turn < TURNS; turn++) {
            judges =
                    Math.min(
                            slope(
                                    outcomes,
                                    LabelOutcome::agreement,
                                    fitted.with(fitted.marginWeight(), 0.5),
                                    LabelConfidence.logit(known.judgeAccuracy())),
                            LabelConfidence.logit(MAX_ACCURACY));
            fitted = fitted.with(fitted.marginWeight(), 1 / (1 + Math.exp(-judges)));
            margin =
                    slope(
                            outcomes,
                            LabelOutcome::logOdds,
                            fitted.with(0, fitted.judgeAccuracy()),
                            known.marginWeight());
            fitted = fitted.with(margin, fitted.judgeAccuracy());
        }
        return fitted;
    }

    /** The weight of one witness, given what the others say. */
    private static double slope(
            List<LabelOutcome> outcomes,
            ToDoubleFunction<LabelOutcome> witness,
            LabelConfidence others,
            double expected) {
        return LogisticSlope.fit(
                outcomes.stream().mapToDouble(witness).toArray(),
                outcomes.stream()
                        .mapToDouble(one -> LabelConfidence.logit(one.confidence(others)))
                        .toArray(),
                outcomes.stream().mapToDouble(one -> one.confirmed() ? 1 : 0).toArray(),
                expected);
    }

    private static double share(List<LabelOutcome> outcomes) {
        return LabelConfidence.jeffreys(
                outcomes.stream().filter(LabelOutcome::confirmed).count(), outcomes.size());
    }

    /**
     * How often a vote is right, without labels: a judge that is right with probability q in each
     * order, independently, says the same in both with probability c = q² + (1 − q)², so that q =
     * (1 + √(2c − 1)) / 2, and a vote, which is what both orders agree on, is right with q² / c.
     * Ties count as disagreement. Empty without votes.
     */
    static OptionalDouble judgeAccuracy(List<LabelOutcome> outcomes) {
        List<Integer> votes = new ArrayList<>();
        outcomes.forEach(one -> votes.addAll(one.votes() == null ? List.of() : one.votes()));
        if (votes.isEmpty()) {
            return OptionalDouble.empty();
        }
        double same = (double) votes.stream().filter(vote -> vote != 0).count() / votes.size();
        double right = (1 + Math.sqrt(Math.max(0, 2 * same - 1))) / 2;
        return OptionalDouble.of(right * right / (right * right + (1 - right) * (1 - right)));
    }
}
