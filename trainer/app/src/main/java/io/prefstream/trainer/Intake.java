package io.prefstream.trainer;

import io.prefstream.replay.LogPositions;
import io.prefstream.replay.LogRecord;
import io.prefstream.replay.OptedOut;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.Removed;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.replay.ReplayUpdate.Insertion;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Split;
import io.prefstream.trainer.PairCounts.Fate;
import io.prefstream.trainer.RulesHeard.Rank;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pairs from the log into the replay table and the holdout set, and judges fresh ones before
 * they may be trained on. A record that can't be read is announced as a dead letter.
 *
 * <p>Taking in and judging are two calls: the first needs no learner's weights and may be made
 * while a step is computed. What is read at once is one update of the table that holds the pairs
 * and the log's positions, so that neither can be ahead of the other; while the log is asked,
 * others use the table. How much a round takes depends only on the log, the limiter and the
 * counters, never on timing, once the log is complete.
 */
final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final String SUPERSEDED = "superseded-rules";

    private final Trunk trunk;
    private final OptedOut optedOut;
    private final PairSource source;
    private final RateLimiter limiter;
    private final double prequentialShare;
    private final Announcer announcer;
    private final Consumer<DriftAlarm> drifted;
    private final Clock clock;
    private final RefusedPairs refused = new RefusedPairs();

    Intake(
            Trunk trunk,
            OptedOut optedOut,
            PairSource source,
            RateLimiter limiter,
            double prequentialShare,
            Announcer announcer,
            Consumer<DriftAlarm> drifted,
            Clock clock) {
        this.trunk = trunk;
        this.optedOut = optedOut;
        this.source = source;
        this.limiter = limiter;
        this.prequentialShare = prequentialShare;
        this.announcer = announcer;
        this.drifted = drifted;
        this.clock = clock;
    }

    /**
     * What was taken in.
     *
     * @param fresh the pairs that are to be judged before the next step
     */
    record Taken(int records, List<PreferencePair> fresh) {}

    /** Takes what was opted out before out of table and holdout. */
    void takeOutOptedOut() {
        Removed ofTable = optedOut.removeFrom(trunk.table(), trunk.codec());
        long ofHoldout =
                trunk.holdout().pairs().stream()
                        .filter(optedOut::covers)
                        .filter(pair -> trunk.holdout().remove(pair.getId()))
                        .count();
        if (ofTable.total() + ofHoldout > 0) {
            LOG.info(
                    "{} pairs of the table and {} of the holdout are opted out and were taken out",
                    ofTable.total(),
                    ofHoldout);
            PairCounts counts = trunk.counts();
            trunk.count(counts.withTakenBack(counts.takenBack().plus(ofTable, ofHoldout)));
        }
    }

    /** Takes in what is there and the limiter allows, {@code most} records. */
    Taken takeIn(int most) {
        List<PreferencePair> fresh = new ArrayList<>();
        int taken = 0;
        int allowed = allowed(most);
        while (allowed > 0) {
            List<LogRecord> records = source.take(allowed);
            taken += records.size();
            if (!records.isEmpty()) {
                take(records, fresh);
            }
            allowed = records.size() < allowed ? 0 : allowed(most - taken);
        }
        return new Taken(taken, fresh);
    }

    private int allowed(int most) {
        try (ReplayUpdate update = trunk.table().begin()) {
            return update.insertionsAllowed(limiter, trunk.draws().mix(), most);
        }
    }

    private void take(List<LogRecord> records, List<PreferencePair> fresh) {
        try (ReplayUpdate update = trunk.table().begin()) {
            for (LogRecord record : records) {
                take(record, update, fresh);
            }
            LogPositions.note(update, source.positions());
            update.commit();
        }
    }

    private void take(LogRecord record, ReplayUpdate update, List<PreferencePair> fresh) {
        if (record instanceof LogRecord.Undecodable bad) {
            announceDead(bad);
            count(Fate.DEAD_LETTERED);
            return;
        }
        if (record instanceof LogRecord.Removal removal) {
            if (removal.rulesVersion() > 0
                    && RulesHeard.hear(removal.pairId(), removal.rulesVersion(), update)
                            == Rank.LOWER) {
                countSkipped(SUPERSEDED);
                return;
            }
            // What was removed or left the table before is removed all the same.
            Removed ofTable = update.remove(removal.pairId());
            boolean ofHoldout = trunk.holdout().remove(removal.pairId());
            fresh.removeIf(pair -> pair.getId().equals(removal.pairId()));
            TakenBack before = trunk.counts().takenBack();
            trunk.count(trunk.counts().withTakenBack(before.plusTombstone(ofTable, ofHoldout)));
            count(Fate.REMOVAL);
            return;
        }
        PreferencePair pair = ((LogRecord.Pair) record).pair();
        if (optedOut.covers(pair)) {
            countSkipped("opted-out");
            return;
        }
        Rank rank = RulesHeard.hear(pair.getId(), RulesVersion.of(pair), update);
        if (rank == Rank.LOWER) {
            countSkipped(SUPERSEDED);
            return;
        }
        if (rank == Rank.HIGHER) {
            if (replaced(pair, update)) {
                count(Fate.UPDATED);
                return;
            }
            // It may be on the other side of the split, and comes to this one now.
            update.remove(pair.getId());
            trunk.holdout().remove(pair.getId());
        }
        if (pair.getSplit() == Split.UNKNOWN) {
            refuse(record, pair, "unknown-split", "split is unknown, expected train or holdout");
            return;
        }
        Optional<String> empty = emptyText(pair.getCandidate());
        if (empty.isPresent()) {
            String reason = empty.get().equals("instruction") ? "empty-prompt" : "empty-side";
            refuse(record, pair, reason, empty.get() + " is blank, expected text");
            return;
        }
        Optional<String> refusal = trunk.learner().refusal(pair);
        if (refusal.isPresent()) {
            refuse(record, pair, "over-budget", refusal.get());
            return;
        }
        if (pair.getSplit() == Split.HOLDOUT) {
            count(trunk.holdout().offer(pair) ? Fate.HOLDOUT : Fate.DUPLICATE);
            return;
        }
        if (update.insert(trunk.codec().item(pair)) == Insertion.DUPLICATE) {
            count(Fate.DUPLICATE);
            return;
        }
        count(Fate.TRAIN);
        if (ContentId.fraction("prequential", pair.getId()) < prequentialShare) {
            fresh.add(pair);
        }
    }

    /** Puts a pair in the place of what lower rules made of it, if that is still there. */
    private boolean replaced(PreferencePair pair, ReplayUpdate update) {
        return switch (pair.getSplit()) {
            case TRAIN -> update.replace(trunk.codec().item(pair));
            case HOLDOUT -> trunk.holdout().replace(pair);
            case UNKNOWN -> false;
        };
    }

    private void refuse(LogRecord record, PreferencePair pair, String reason, String why) {
        refused.add(reason, source.place(record), pair, why);
        countSkipped(reason);
    }

    /** Pairs that can't be trained on. */
    RefusedPairs refused() {
        return refused;
    }

    private static Optional<String> emptyText(CandidatePair pair) {
        if (pair.getInstruction().isBlank()) {
            return Optional.of("instruction");
        }
        if (pair.getChosen().getText().isBlank()) {
            return Optional.of("chosen");
        }
        return pair.getRejected().getText().isBlank() ? Optional.of("rejected") : Optional.empty();
    }

    private void count(Fate fate) {
        trunk.count(trunk.counts().plus(fate));
    }

    private void countSkipped(String reason) {
        trunk.count(trunk.counts().plusSkipped(reason));
    }

    private void announceDead(LogRecord.Undecodable record) {
        LOG.warn(
                "record {} of partition {} can't be read: {}",
                record.offset(),
                record.partition(),
                record.error());
        announcer.deadLetter(
                DeadLetter.newBuilder()
                        .setStage("train")
                        .setTopic(record.topic())
                        .setPartition(record.partition())
                        .setOffset(record.offset())
                        .setKey(wrapped(record.key()))
                        .setValue(wrapped(record.value()))
                        .setError(record.error())
                        .setRecordedAt(record.recordedAt())
                        .build());
    }

    /** Judges fresh pairs, before they may be trained on. */
    void judge(List<PreferencePair> fresh) {
        if (fresh.isEmpty()) {
            return;
        }
        float[] margins = trunk.learner().margins(fresh);
        for (int i = 0; i < margins.length; i++) {
            trunk.fresh()
                    .judged(fresh.get(i), Outcome.of(margins[i]), clock.instant(), trunk.step())
                    .ifPresent(drifted);
        }
    }

    private static @Nullable ByteBuffer wrapped(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
