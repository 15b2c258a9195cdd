package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the model does on fresh pairs, each judged before it may be trained on: in all, by language,
 * by strategy and by the age of the code; and whether that has become worse.
 *
 * <p>The age is that of the code when the pair is judged, and all of this that depends on the
 * clock. A dimension keeps {@value #MOST_GROUPS} groups at most; later ones are {@code other}.
 */
final class FreshPairs {

    private static final int MOST_GROUPS = 64;
    private static final int CHECK_EVERY = 32;

    private static final Duration DAY = Duration.ofDays(1);

    private final int window;
    private final Prequential all;
    private final SortedMap<String, SortedMap<String, Prequential>> groups = new TreeMap<>();
    private final Optional<DriftDetector> drift;
    private final List<DriftAlarm> alarms;

    /** What is kept of it in a trunk. */
    record Saved(
            Prequential.Saved all,
            Map<String, Map<String, Prequential.Saved>> groups,
            DriftDetector.Saved drift,
            List<DriftAlarm> alarms) {

        static final Saved NONE =
                new Saved(Prequential.Saved.NONE, Map.of(), DriftDetector.Saved.NONE, List.of());
    }

    FreshPairs(TrainerConfig config, Saved saved) {
        this.window = config.evaluation().prequentialWindow();
        this.all = new Prequential(saved.all(), window);
        saved.groups()
                .forEach(
                        (dimension, kept) ->
                                kept.forEach(
                                        (group, one) ->
                                                dimension(dimension)
                                                        .put(group, new Prequential(one, window))));
        Double delta = config.drift().delta();
        this.drift =
                Optional.ofNullable(delta)
                        .map(d -> new DriftDetector(d, config.drift().window(), CHECK_EVERY));
        drift.ifPresent(detector -> detector.restore(saved.drift()));
        this.alarms = new ArrayList<>(saved.alarms());
    }

    /**
     * Takes what the model said of a pair.
     *
     * @param now the time
     * @param step of the trunk that judged it
     */
    Optional<DriftAlarm> judged(PreferencePair pair, Outcome outcome, Instant now, long step) {
        all.add(outcome);
        group("language", pair.getCandidate().getLanguage()).add(outcome);
        group("strategy", pair.getCandidate().getStrategy()).add(outcome);
        group("age", age(pair.getPublishedAt(), now)).add(outcome);
        Optional<DriftAlarm> alarm = drift.flatMap(detector -> detector.add(outcome, step));
        alarm.ifPresent(alarms::add);
        return alarm;
    }

    /** Over all pairs judged. */
    Accuracy overall() {
        return all.overall();
    }

    /** Over the newest ones. */
    Accuracy recent() {
        return all.recent();
    }

    /** Over the newest ones of each group, by dimension ({@code language}, ...) and group. */
    SortedMap<String, SortedMap<String, Accuracy>> recentByGroup() {
        SortedMap<String, SortedMap<String, Accuracy>> accuracies = new TreeMap<>();
        groups.forEach(
                (dimension, of) -> {
                    SortedMap<String, Accuracy> byGroup = new TreeMap<>();
                    of.forEach((name, prequential) -> byGroup.put(name, prequential.recent()));
                    accuracies.put(dimension, byGroup);
                });
        return accuracies;
    }

    /** Every alarm there was, oldest first. */
    List<DriftAlarm> alarms() {
        return List.copyOf(alarms);
    }

    Saved save() {
        Map<String, Map<String, Prequential.Saved>> kept = new TreeMap<>();
        groups.forEach(
                (dimension, of) -> {
                    Map<String, Prequential.Saved> byGroup = new TreeMap<>();
                    of.forEach((name, prequential) -> byGroup.put(name, prequential.save()));
                    kept.put(dimension, byGroup);
                });
        return new Saved(
                all.save(),
                kept,
                drift.map(DriftDetector::save).orElse(DriftDetector.Saved.NONE),
                alarms());
    }

    private Prequential group(String dimension, String name) {
        SortedMap<String, Prequential> known = dimension(dimension);
        String group = known.containsKey(name) || known.size() < MOST_GROUPS ? name : "other";
        return known.computeIfAbsent(group, g -> new Prequential(Prequential.Saved.NONE, window));
    }

    private SortedMap<String, Prequential> dimension(String name) {
        return groups.computeIfAbsent(name, d -> new TreeMap<>());
    }

    private static String age(Instant published, Instant now) {
        if (published.equals(Instant.EPOCH)) {
            return "unknown";
        }
        Duration age = Duration.between(published, now);
        if (age.compareTo(DAY) < 0) {
            return "under-1d";
        }
        if (age.compareTo(DAY.multipliedBy(7)) < 0) {
            return "under-7d";
        }
        if (age.compareTo(DAY.multipliedBy(30)) < 0) {
            return "under-30d";
        }
        return age.compareTo(DAY.multipliedBy(365)) < 0 ? "under-1y" : "older";
    }
}
