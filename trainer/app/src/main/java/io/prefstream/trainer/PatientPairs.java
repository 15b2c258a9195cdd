package io.prefstream.trainer;

import io.prefstream.replay.LogRecord;
import io.prefstream.topics.SchemaRegistryException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source that waits for brokers or a registry that are away, and then goes on where it was.
 *
 * <p>It doesn't go on without them: training from what is in the table would make other steps than
 * without the outage. What a failed read had already taken is taken again, since positions count
 * only from reads that succeeded. A failure that no waiting helps (a log that was cut off, a topic
 * that doesn't exist) is thrown at once.
 */
final class PatientPairs implements PairSource {

    private static final Logger LOG = LoggerFactory.getLogger(PatientPairs.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final PairSource.Opener opener;
    private final Duration limit;
    private final BooleanSupplier stopped;
    private final Pause pause;
    private PairSource source;
    private SortedMap<Integer, Long> positions;

    /** How time passes between two attempts. */
    interface Pause {

        void pause(Duration time);

        /** Nanoseconds of a clock that only goes forward. */
        long now();

        static Pause sleeping() {
            return new Pause() {
                @Override
                public void pause(Duration time) {
                    try {
                        Thread.sleep(time.toMillis());
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IllegalStateException("interrupted while waiting for pairs", e);
                    }
                }

                @Override
                public long now() {
                    return System.nanoTime();
                }
            };
        }
    }

    private PatientPairs(
            PairSource.Opener opener,
            PairSource source,
            Duration limit,
            BooleanSupplier stopped,
            Pause pause) {
        this.opener = opener;
        this.source = source;
        this.positions = source.positions();
        this.limit = limit;
        this.stopped = stopped;
        this.pause = pause;
    }

    /** Opens the source, without patience: what is away at the start is said at once. */
    static PatientPairs open(
            PairSource.Opener opener,
            SortedMap<Integer, Long> positions,
            Duration limit,
            BooleanSupplier stopped,
            Pause pause) {
        return new PatientPairs(opener, opener.open(positions), limit, stopped, pause);
    }

    @Override
    public List<LogRecord> take(int max) {
        List<LogRecord> records = patiently(() -> source.take(max), List.of());
        positions = source.positions();
        return records;
    }

    @Override
    public boolean await(Duration timeout) {
        return patiently(() -> source.await(timeout), false);
    }

    @Override
    public boolean finished() {
        return source.finished();
    }

    @Override
    public SortedMap<Integer, Long> positions() {
        return positions;
    }

    @Override
    public SortedMap<Integer, Long> lag() {
        return source.lag();
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public @Nullable String beginsWith() {
        return source.beginsWith();
    }

    @Override
    public void close() {
        source.close();
    }

    /** The answer once there is one; what is given if a stop is asked for before. */
    private <A> A patiently(Supplier<A> question, A ifStopped) {
        long began = pause.now();
        Duration next = SHORTEST_PAUSE;
        boolean broken = false;
        while (true) {
            try {
                if (broken) {
                    reopen();
                    broken = false;
                }
                return question.get();
            } catch (IllegalStateException | SchemaRegistryException e) {
                if (!passes(e)) {
                    throw e;
                }
                Duration away = Duration.ofNanos(pause.now() - began);
                if (away.compareTo(limit) >= 0) {
                    throw new IllegalStateException(
                            "%s; away for %d s, longer than source.outage-limit=%s"
                                    .formatted(e.getMessage(), away.toSeconds(), limit),
                            e);
                }
                LOG.warn("{}; training waits for it", e.getMessage());
                broken = true;
            }
            if (stopped.getAsBoolean()) {
                return ifStopped;
            }
            pause.pause(next);
            next = next.multipliedBy(2);
            next = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
        }
    }

    private void reopen() {
        source.close();
        source = opener.open(positions);
        LOG.info("reading {} again from {}", source.name(), positions);
    }

    /** Whether waiting may help: no answer, or an answer that says so. */
    private static boolean passes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException || cause instanceof SchemaRegistryException) {
                return true;
            }
        }
        return false;
    }
}
