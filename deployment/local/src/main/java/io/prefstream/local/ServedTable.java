package io.prefstream.local;

import io.prefstream.flight.PendingPairs;
import io.prefstream.flight.ReplaySource;
import io.prefstream.replay.LogPositions;
import io.prefstream.replay.LogRecord;
import io.prefstream.replay.OptedOut;
import io.prefstream.replay.PairCodec;
import io.prefstream.replay.PairLogReader;
import io.prefstream.replay.Removed;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplayShards;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.replay.ReplayUpdate.Insertion;
import io.prefstream.replay.TableSettings;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Split;
import io.prefstream.trainer.FlightDraw;
import io.prefstream.trainer.ReplayConfig;
import io.prefstream.trainer.RulesHeard;
import io.prefstream.trainer.TrainerConfigReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
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
 * Draws and the intake wait by the table's limiter, as they do beside a trainer; a draw that waits
 * for long starves by its settings. A shard takes in its own keys alone.
 */
final class ServedTable implements ReplaySource, AutoCloseable {

    /** Name of the table. */
    static final String NAME = "pairs";

    private static final Logger LOG = LoggerFactory.getLogger(ServedTable.class);
    private static final int AT_ONCE = 256;
    private static final Duration WAIT = Duration.ofMillis(200);

    /** What can be changed while the table is open. */
    private static final List<String> LIMITS =
            List.of(
                    "replay.min-size",
                    "replay.samples-per-insert",
                    "replay.error-buffer",
                    "replay.queue-size");

    private final ReplayBuffer table;
    private final PairCodec codec;
    private final PairLogReader log;
    private final OptedOut optedOut;
    private final Predicate<String> keys;
    private final int largestDraw;
    private final Thread intake;

    /** As it is now; read and changed under this table's monitor. */
    private ReplayConfig config;

    private volatile boolean closing;
    private volatile @Nullable RuntimeException failure;

    private ServedTable(
            ReplayBuffer table,
            ReplayConfig config,
            int largestDraw,
            OptedOut optedOut,
            Function<Map<Integer, Long>, PairLogReader> log) {
        this.table = table;
        this.config = config;
        this.largestDraw = largestDraw;
        this.keys = ReplayShards.keysOf(table);
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
     * @param table opened with what {@code config} says for draws of {@code largestDraw} pairs
     * @param optOuts those that are known now
     * @param log opens the log at positions by partition
     */
    static ServedTable open(
            ReplayBuffer table,
            ReplayConfig config,
            int largestDraw,
            OptOuts optOuts,
            Function<Map<Integer, Long>, PairLogReader> log) {
        LOG.info("configuration:\n{}", TrainerConfigReader.describe(config));
        ServedTable served;
        try {
            served = new ServedTable(table, config, largestDraw, new OptedOut(optOuts), log);
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
    public int largestDraw(String name) {
        return largestDraw;
    }

    @Override
    public PendingPairs draw(String name, int count, RandomGenerator random) {
        refuseIfFailed();
        // The samples' weights are raised to replay.importance.exponent by the table itself.
        return new FlightDraw(table.pendingDraw(count, random), codec, () -> 1);
    }

    private void refuseIfFailed() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw new IllegalStateException(failed.getMessage(), failed);
        }
    }

    @Override
    public int prioritize(String name, Map<String, Double> priorities) {
        refuseIfFailed();
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

    @Override
    public synchronized SortedMap<String, String> limit(String name, Map<String, String> changes) {
        for (String key : changes.keySet()) {
            if (!LIMITS.contains(key)) {
                throw new IllegalArgumentException(
                        "%s can't be changed while the table is open; these can: %s"
                                .formatted(key, String.join(", ", LIMITS)));
            }
        }
        if (!changes.isEmpty()) {
            ReplayConfig changed = TrainerConfigReader.changed(config, changes);
            TableSettings first = changed.served(largestDraw).tables().get(0);
            table.limit(first.name(), first.limiter());
            config = changed;
            LOG.info("the limiter of the replay table is changed: {}", changes);
        }
        SortedMap<String, String> limits = new TreeMap<>();
        limits.put("replay.min-size", "" + config.minSize());
        limits.put("replay.samples-per-insert", "" + config.samplesPerInsert());
        limits.put("replay.error-buffer", "" + config.errorBuffer());
        limits.put("replay.queue-size", "" + config.queueSize());
        return limits;
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
                if (table.awaitRoom(WAIT) && !takeIn()) {
                    log.await(WAIT);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the intake of the replay table ended", e);
            failure = e;
        } catch (Error e) {
            LOG.error("the intake of the replay table ended", e);
            failure = new IllegalStateException("the intake of the replay table ended: " + e, e);
        }
    }

    /** Takes in what is there and the limiter allows. Returns whether there was any. */
    private boolean takeIn() {
        List<LogRecord> records = log.take(allowed());
        if (records.isEmpty()) {
            return false;
        }
        try (ReplayUpdate update = table.begin()) {
            for (LogRecord record : records) {
                if (record instanceof LogRecord.Removal removal) {
                    if (counts(removal.pairId(), removal.rulesVersion(), update)) {
                        update.remove(removal.pairId());
                    }
                } else if (record instanceof LogRecord.Undecodable bad) {
                    LOG.warn("{} at {}/{}", bad.error(), bad.partition(), bad.offset());
                } else if (record instanceof LogRecord.Pair one) {
                    put(one.pair(), update);
                }
            }
            LogPositions.note(update, log.positions());
            update.commit();
            return true;
        }
    }

    /** How many the limiter lets in; draws go on while the log is read. */
    private int allowed() {
        try (ReplayUpdate update = table.begin()) {
            return update.insertionsAllowed(AT_ONCE);
        }
    }

    /**
     * Whether a record of these rules counts: the last one of an id does, as in the compacted log,
     * unless higher rules spoke before. An opt-out's tombstone, which is of no rules, always does.
     */
    private static boolean counts(String id, int rulesVersion, ReplayUpdate update) {
        return rulesVersion == 0
                || RulesHeard.hear(id, rulesVersion, update) != RulesHeard.Rank.LOWER;
    }

    /** A pair may now be held out. What was opted out may still be on the log. */
    private void put(PreferencePair pair, ReplayUpdate update) {
        // All shards hear of all rules, so that their notes are the same.
        if (!counts(pair.getId(), RulesVersion.of(pair), update) || !keys.test(pair.getId())) {
            return;
        }
        if (pair.getSplit() != Split.TRAIN || optedOut.covers(pair)) {
            update.remove(pair.getId());
        } else if (update.insert(codec.item(pair)) == Insertion.DUPLICATE) {
            update.replace(codec.item(pair));
        }
    }
}
