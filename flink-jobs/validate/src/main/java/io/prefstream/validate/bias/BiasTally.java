package io.prefstream.validate.bias;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.checks.BalanceCheck;
import io.prefstream.validate.checks.Measure;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What surface features say about the labels of some pairs. Tallies of parts add up to the tally of
 * the whole, in any order.
 *
 * <p>A measure predicts by the better of "the greater side wins" and "the smaller side wins". The
 * generators predict by who was chosen more often among each two that met; with many of them, each
 * met seldom, that is flattered, as every two have a rule fitted to them.
 *
 * <p>A state: what is added later must have a name that was not there before, and tallies without
 * it still count for the rest.
 *
 * @param pairs all of them
 * @param moved those that are not counted in the window that they were published in
 * @param measures by the measure's code
 * @param generators by {@code a vs b}, a before b in the alphabet; b is the greater one
 */
public record BiasTally(
        long pairs, long moved, Map<String, Score> measures, Map<String, Score> generators) {

    /** The feature that {@link #generators} make up together. */
    public static final String GENERATOR = "generator";

    /** Of no pair. */
    public static final BiasTally NONE = new BiasTally(0, 0, Map.of(), Map.of());

    /** Of one pair. What a balance check has measured already is not measured again. */
    public static BiasTally of(PreferencePair pair) {
        Map<String, Score> measures = new HashMap<>();
        for (Measure measure : Measure.values()) {
            measures.put(measure.code(), Score.of(difference(measure, pair)));
        }
        CandidatePair candidate = pair.getCandidate();
        String chosen = candidate.getChosen().getGenerator();
        String rejected = candidate.getRejected().getGenerator();
        int order = chosen.compareTo(rejected);
        String met = order < 0 ? chosen + " vs " + rejected : rejected + " vs " + chosen;
        return new BiasTally(1, 0, measures, Map.of(met, Score.of(order)));
    }

    private static double difference(Measure measure, PreferencePair pair) {
        String check = BalanceCheck.name(measure);
        return pair.getChecks().stream()
                .filter(outcome -> outcome.getCheck().equals(check))
                .map(CheckOutcome::getValue)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> measure.difference(pair.getCandidate()));
    }

    /** The same pairs, counted in another window than their own. */
    public BiasTally elsewhere() {
        return new BiasTally(pairs, pairs, measures, generators);
    }

    /** Of both parts. */
    public BiasTally plus(BiasTally other) {
        return new BiasTally(
                pairs + other.pairs,
                moved + other.moved,
                sum(measures, other.measures),
                sum(generators, other.generators));
    }

    private static Map<String, Score> sum(Map<String, Score> one, Map<String, Score> other) {
        Map<String, Score> sum = new HashMap<>(one);
        other.forEach((name, score) -> sum.merge(name, score, Score::plus));
        return sum;
    }

    /** How well each feature alone predicts the label, by the feature's name. */
    public Map<String, Accuracy> accuracies() {
        Map<String, Accuracy> accuracies = new TreeMap<>();
        measures.forEach((name, score) -> accuracies.put(name, score.accuracy()));
        accuracies.put(
                GENERATOR,
                generators.values().stream()
                        .map(Score::accuracy)
                        .reduce(new Accuracy(0, 0), Accuracy::plus));
        return accuracies;
    }
}
