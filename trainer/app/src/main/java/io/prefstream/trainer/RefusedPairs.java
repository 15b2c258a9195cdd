package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pairs of this run that can't be trained on: the first of each reason is warned of, the first few
 * of all are named where a run ends without a step.
 */
final class RefusedPairs {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedPairs.class);
    private static final int NAMED = 3;

    private final List<String> first = new ArrayList<>();
    private final Set<String> warnedOf = new HashSet<>();

    /**
     * Takes note of one.
     *
     * @param reason that it is counted under
     * @param place of its record in the source
     * @param why what was found and expected
     */
    void add(String reason, String place, PreferencePair pair, String why) {
        String line = "pair %s (%s): %s".formatted(pair.getId(), place, why);
        if (first.size() < NAMED) {
            first.add(line);
        }
        if (warnedOf.add(reason)) {
            LOG.warn(
                    "skipped, {}; more of them are only counted, under skippedByReason.{}",
                    line,
                    reason);
        } else {
            LOG.debug("skipped, {}", line);
        }
    }

    /** The first few, each with place, what was found and the limit; nothing if there is none. */
    String inWords() {
        return first.isEmpty() ? "" : "; the first of them: " + String.join("; ", first);
    }
}
