package io.prefstream.local;

import io.prefstream.flight.DrawnPair;
import io.prefstream.flight.ReplaySource;
import io.prefstream.replay.LogPositions;
import io.prefstream.replay.LogRecord;
import io.prefstream.replay.OptedOut;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.PairLogReader;
import io.prefstream.replay.Removed;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.replay.ReplayUpdate.Insertion;
import io.prefstream.replay.Sample;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replay table that follows the pair log and is drawn from by others.
 *
 * <p>Pairs to train on go in, tombstones take pairs out; held out pairs stay out. Each round of the
 * intake is one update of the table that holds the log's positions too, so that a table opened
 * again goes on where it was. What was opted out is taken out when it is opened, and not taken in.
 * Draws are with replacement; one that finds the table empty waits, and starves by its settings.
 */
final class ServedTable implements ReplaySource, AutoCloseable {

    /** Name of the table. */
    static final String NAME = "pairs";

    private static final Logger LOG = LoggerFactory.getLogger(ServedTable.class);
    private static final int AT_ONCE = 256;
    private static final Duration WAIT = Duration.ofMillis(200);

    private final ReplayBuffer table;
    private final PairCodec codec;
    private final PairLogReader log;
    private final OptedOut optedOut;
    private final Thread intake;
    private volatile boolean closing;
    private volatile @Nullable RuntimeException failure;

    private ServedTable(
            ReplayBuffer table,
            OptedOut optedOut,
            Function<Map<Integer, Long>, PairLogReader> log) {
        this.table = table;
        this.codec = new PairCodec(table);
        this.optedOut = optedOut;
        Removed removed = optedOut.removeFrom(table, codec);
        if (removed.total() > 0) {
            LOG.info("{} pairs are opted out and were taken out of the table", removed.total());
        }
        this.log = log.apply(LogPositions.of(table));
        this.intake = new Thread(this::follow, "replay-intake");
        this.intake.setDaemon(true);
    }

    /**
     * Begins to follow the log with a table, and closes that with itself.
     *
     * @param optOuts those that are known now
     * @param log opens the log at positions by partition
     */
    static ServedTable open(
            ReplayBuffer table, OptOuts optOuts, Function<Map<Integer, Long>, PairLogReader> log) {
        ServedTable served;
        try {
            served = new ServedTable(table, new OptedOut(optOuts), log);
        } catch (RuntimeException e) {
            table.close();
            throw e;
        }
        served.intake.start();
        return served;
    }

    @Override
    public SortedMap<String, Long> sizes() {
        return new TreeMap<>(Map.of(NAME, table.stats().size()));
    }

    @Override
    public List<DrawnPair> draw(String name, int count, RandomGenerator random, Duration wait)
            throws InterruptedException {
        try {
            return table.draw(count, random, wait).stream().map(this::drawn).toList();
        } catch (TimeoutException e) {
            RuntimeException failed = failure;
            if (failed != null) {
                throw new IllegalStateException(failed.getMessage(), failed);
            }
            return List.of();
        } catch (CancellationException e) {
            // It is being closed.
            return List.of();
        }
    }

    @Override
    public int prioritize(String name, Map<String, Double> priorities) {
        if (!table.settings().usesPriorities()) {
            throw new IllegalArgumentException(
                    "table %s draws uniformly, priorities would change nothing: start the server with --sampler prioritized"
                            .formatted(name));
        }
        try (ReplayUpdate update = table.begin()) {
            int known = 0;
            for (Map.Entry<String, Double> one : priorities.entrySet()) {
                known += update.prioritize(one.getKey(), one.getValue()) ? 1 : 0;
            }
            update.commit();
            return known;
        }
    }

    /** Waits for the intake to fail, {@code seconds} at most. Returns why, or null. */
    @Nullable RuntimeException awaitFailure(long seconds) throws InterruptedException {
        intake.join(TimeUnit.SECONDS.toMillis(seconds));
        return failure;
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        intake.join();
        log.close();
        table.close();
    }

    private void follow() {
        try {
            while (!closing) {
                List<LogRecord> records = log.take(AT_ONCE);
                if (records.isEmpty()) {
                    log.await(WAIT);
                } else {
                    takeIn(records);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("the intake of the replay table ended", e);
            failure = e;
        }
    }

    private void takeIn(List<LogRecord> records) {
        try (ReplayUpdate update = table.begin()) {
            for (LogRecord record : records) {
                if (record instanceof LogRecord.Removal removal) {
                    update.remove(removal.pairId());
                } else if (record instanceof LogRecord.Undecodable bad) {
                    LOG.warn("{} at {}/{}", bad.error(), bad.partition(), bad.offset());
                } else if (record instanceof LogRecord.Pair one) {
                    put(one.pair(), update);
                }
            }
            LogPositions.note(update, log.positions());
            update.commit();
        }
    }

    /**
     * The last record of an id counts, as in the compacted log: it may now be held out. What was
     * opted out may still be on the log.
     */
    private void put(PreferencePair pair, ReplayUpdate update) {
        if (pair.getSplit() != Split.TRAIN || optedOut.covers(pair)) {
            update.remove(pair.getId());
        } else if (update.insert(codec.item(pair)) == Insertion.DUPLICATE) {
            update.replace(codec.item(pair));
        }
    }

    private DrawnPair drawn(Sample sample) {
        return new DrawnPair(
                codec.decode(sample.value()),
                sample.probability(),
                1 / (sample.tableSize() * sample.probability()),
                sample.timesSampled(),
                sample.tableSize());
    }
}
