package io.prefstream.trainer.export;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.Licence;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts of the pairs of a data set, for its card. */
final class Census {

    /** Stands for a licence that was not found. */
    static final String NO_LICENCE = "none found";

    private final SortedMap<String, Long> languages = new TreeMap<>();
    private final SortedMap<String, Long> licences = new TreeMap<>();
    private final SortedMap<String, Long> strategies = new TreeMap<>();
    private final SortedMap<String, Long> generators = new TreeMap<>();
    private @Nullable Instant first;
    private @Nullable Instant last;
    private double leastConfidence = 1;

    void add(PreferencePair pair) {
        CandidatePair candidate = pair.getCandidate();
        Licence licence = candidate.getLicence();
        languages.merge(candidate.getLanguage(), 1L, Long::sum);
        licences.merge(licence == null ? NO_LICENCE : licence.getSpdxId(), 1L, Long::sum);
        strategies.merge(candidate.getStrategy(), 1L, Long::sum);
        String generator =
                "%s over %s"
                        .formatted(named(candidate.getChosen()), named(candidate.getRejected()));
        generators.merge(generator, 1L, Long::sum);
        Instant at = pair.getPublishedAt();
        first = first == null || at.isBefore(first) ? at : first;
        last = last == null || at.isAfter(last) ? at : last;
        leastConfidence = Math.min(leastConfidence, pair.getConfidence());
    }

    /** Pairs by language. */
    SortedMap<String, Long> languages() {
        return languages;
    }

    /** Pairs by SPDX expression. */
    SortedMap<String, Long> licences() {
        return licences;
    }

    /** Pairs by strategy. */
    SortedMap<String, Long> strategies() {
        return strategies;
    }

    /** Pairs by who wrote chosen and who rejected. */
    SortedMap<String, Long> generators() {
        return generators;
    }

    /** Earliest and latest publication, as {@code … to …}. */
    String published() {
        return "%s to %s".formatted(first, last);
    }

    /** The least label confidence. */
    double leastConfidence() {
        return leastConfidence;
    }

    private static String named(Response response) {
        return response.getModelRevision() == null
                ? response.getGenerator()
                : response.getGenerator() + "@" + response.getModelRevision();
    }
}
