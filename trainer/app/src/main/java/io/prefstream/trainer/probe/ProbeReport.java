package io.prefstream.trainer.probe;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.Accuracy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How well trivial readers, fitted on pairs that may be trained on, judge the holdout.
 *
 * <p>A model that is no better than these has learned length or token counts, not code.
 *
 * @param fittedOn pairs they were fitted on
 * @param accuracy by probe; a tie is half right
 */
public record ProbeReport(long fittedOn, Map<String, Accuracy> accuracy) {

    /** Fits and judges every probe. Cost: about 0.2 ms per pair of 100 tokens and probe. */
    public static ProbeReport of(
            List<PreferencePair> train, List<PreferencePair> holdout, long seed) {
        List<Probe.Pair> fit = responses(train);
        List<Probe.Pair> judge = responses(holdout);
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("length", ScalarProbe.length());
        probes.put("compression", ScalarProbe.compression());
        probes.put("unigram", new NgramProbe(1, seed));
        probes.put("bigram", new NgramProbe(2, seed));
        probes.put("trigram", new NgramProbe(3, seed));
        probes.put("fourgram", new NgramProbe(4, seed));
        Map<String, Accuracy> accuracy = new LinkedHashMap<>();
        if (!judge.isEmpty()) {
            probes.forEach((name, probe) -> accuracy.put(name, accuracy(probe, fit, judge)));
        }
        return new ProbeReport(train.size(), accuracy);
    }

    /**
     * Which readers are as good as the model, or nearly.
     *
     * @param model on the same holdout
     * @param margin by which a reader may be worse and still be named
     */
    public Optional<String> warning(Accuracy model, double margin) {
        List<String> good =
                accuracy.entrySet().stream()
                        .filter(probe -> probe.getValue().value() >= model.value() - margin)
                        .map(
                                probe ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.1f %%",
                                                probe.getKey(),
                                                100 * probe.getValue().value()))
                        .toList();
        return good.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                Locale.ROOT,
                                "trivial readers are as good as the model on the holdout, or nearly"
                                    + " (%.1f %%): %s; it may have learned no more than they can"
                                    + " see",
                                100 * model.value(),
                                String.join(", ", good)));
    }

    private static Accuracy accuracy(Probe probe, List<Probe.Pair> fit, List<Probe.Pair> judge) {
        probe.fit(fit);
        float[] margins = new float[judge.size()];
        for (int i = 0; i < margins.length; i++) {
            Probe.Pair pair = judge.get(i);
            margins[i] = (float) Math.signum(probe.margin(pair.chosen(), pair.rejected()));
        }
        return Accuracy.ofMargins(margins);
    }

    private static List<Probe.Pair> responses(List<PreferencePair> pairs) {
        return pairs.stream()
                .map(
                        pair ->
                                new Probe.Pair(
                                        pair.getCandidate().getChosen().getText(),
                                        pair.getCandidate().getRejected().getText()))
                .toList();
    }
}
