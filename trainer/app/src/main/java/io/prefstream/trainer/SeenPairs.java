package io.prefstream.trainer;

import io.prefstream.schemas.PreferencePair;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the pairs that batches drew, once each: what a release says it is made of. A batch that is
 * skipped because its loss is no number counts as drawn, not as a step, and so do its pairs.
 */
final class SeenPairs {

    private long pairs;
    private final Map<String, Long> byLicence;
    private final Map<String, Long> byRepository;
    private @Nullable Instant earliest;
    private @Nullable Instant latest;

    SeenPairs(TrainerState.Seen saved) {
        this.pairs = saved.pairs();
        this.byLicence = new TreeMap<>(saved.byLicence());
        this.byRepository = new TreeMap<>(saved.byRepository());
        this.earliest = saved.earliest() == null ? null : Instant.parse(saved.earliest());
        this.latest = saved.latest() == null ? null : Instant.parse(saved.latest());
    }

    void add(PreferencePair pair) {
        pairs++;
        var licence = pair.getCandidate().getLicence();
        byLicence.merge(licence == null ? "unknown" : licence.getSpdxId(), 1L, Long::sum);
        byRepository.merge(pair.getCandidate().getRepository(), 1L, Long::sum);
        Instant published = pair.getPublishedAt();
        if (!published.equals(Instant.EPOCH)) {
            earliest = earliest == null || published.isBefore(earliest) ? published : earliest;
            latest = latest == null || published.isAfter(latest) ? published : latest;
        }
    }

    TrainerState.Seen save() {
        return new TrainerState.Seen(
                pairs,
                new TreeMap<>(byLicence),
                new TreeMap<>(byRepository),
                earliest == null ? null : earliest.toString(),
                latest == null ? null : latest.toString());
    }
}
