package io.prefstream.trainer;

import io.prefstream.replay.LogRecord;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplayTable;
import io.prefstream.replay.ReplayTable.Insertion;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes pairs from the log into the replay table and the holdout set, and judges fresh ones before
 * they may be trained on.
 *
 * <p>Each round is one update of the table that holds the pairs and the log's positions, so that
 * neither can be ahead of the other. How much a round takes depends only on the log, the limiter
 * and the counters, never on timing, once the log is complete.
 */
final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final String POSITION_NOTE = "position/";

    private final PairSource source;
    private final ReplayTable table;
    private final PairCodec codec;
    private final HoldoutSet holdout;
    private final RateLimiter limiter;
    private final Learner learner;
    private final Prequential prequential;
    private final double prequentialShare;
    private final Consumer<LogRecord.Undecodable> deadLetters;
    private PairCounts counts;

    Intake(
            PairSource source,
            ReplayTable table,
            PairCodec codec,
            HoldoutSet holdout,
            RateLimiter limiter,
            Learner learner,
            Prequential prequential,
            double prequentialShare,
            Consumer<LogRecord.Undecodable> deadLetters,
            PairCounts counts) {
        this.source = source;
        this.table = table;
        this.codec = codec;
        this.holdout = holdout;
        this.limiter = limiter;
        this.learner = learner;
        this.prequential = prequential;
        this.prequentialShare = prequentialShare;
        this.deadLetters = deadLetters;
        this.counts = counts;
    }

    /** The positions that a table was last updated with. */
    static SortedMap<Integer, Long> positions(ReplayTable table) {
        SortedMap<Integer, Long> positions = new TreeMap<>();
        table.forEachNote(
                POSITION_NOTE,
                (name, bytes) ->
                        positions.put(
                                Integer.valueOf(name.substring(POSITION_NOTE.length())),
                                ByteBuffer.wrap(bytes).getLong()));
        return positions;
    }

    PairCounts counts() {
        return counts;
    }

    /** Takes in what is there and the limiter allows, {@code most} records. Returns how many. */
    int takeIn(int most) {
        List<PreferencePair> fresh = new ArrayList<>();
        int taken = 0;
        try (ReplayTable.Update update = table.begin()) {
            while (taken < most) {
                int allowed = limiter.insertionsAllowed(update.stats(), most - taken);
                if (allowed == 0) {
                    break;
                }
                List<LogRecord> records = source.take(allowed);
                taken += records.size();
                for (LogRecord record : records) {
                    take(record, update, fresh);
                }
                if (records.size() < allowed) {
                    break;
                }
            }
            if (taken > 0) {
                judge(fresh);
                source.positions()
                        .forEach(
                                (partition, next) ->
                                        update.note(POSITION_NOTE + partition, bytes(next)));
                update.commit();
            }
        }
        return taken;
    }

    private void take(LogRecord record, ReplayTable.Update update, List<PreferencePair> fresh) {
        if (record instanceof LogRecord.Undecodable bad) {
            counts = counts.plus(PairCounts.Fate.DEAD_LETTERED);
            deadLetters.accept(bad);
            return;
        }
        PreferencePair pair = ((LogRecord.Pair) record).pair();
        if (pair.getSplit() == Split.UNKNOWN) {
            counts = counts.plusSkipped("unknown-split");
            return;
        }
        Optional<String> refusal = learner.refusal(pair);
        if (refusal.isPresent()) {
            LOG.debug("pair {} skipped: {}", pair.getId(), refusal.get());
            counts = counts.plusSkipped("over-budget");
            return;
        }
        if (pair.getSplit() == Split.HOLDOUT) {
            boolean isNew = holdout.offer(pair);
            counts = counts.plus(isNew ? PairCounts.Fate.HOLDOUT : PairCounts.Fate.DUPLICATE);
            return;
        }
        if (update.insert(pair.getId(), codec.encode(pair)) == Insertion.DUPLICATE) {
            counts = counts.plus(PairCounts.Fate.DUPLICATE);
            return;
        }
        counts = counts.plus(PairCounts.Fate.TRAIN);
        if (ContentId.fraction("prequential", pair.getId()) < prequentialShare) {
            fresh.add(pair);
        }
    }

    private void judge(List<PreferencePair> fresh) {
        if (fresh.isEmpty()) {
            return;
        }
        for (float margin : learner.margins(fresh)) {
            prequential.add(margin > 0);
        }
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
