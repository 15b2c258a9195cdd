package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.replay.LogRecord;
import io.prefstream.replay.PairLogReader;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatientPairsTest {

    private static final int PAIRS = 60;
    private static final Duration LIMIT = Duration.ofMinutes(10);

    @TempDir Path folder;

    @Test
    void aRealBrokerMayGoAwayAndNoPairIsLostOrTakenTwice() throws IOException {
        try (TestTopics topics = TestTopics.start()) {
            Topic<PreferencePair> topic = Topics.PREFERENCE_PAIRS;
            List<PreferencePair> pairs = pairs();
            topics.produce(topic, pairs.subList(0, 40));
            Outage outage = new Outage(topics::restartBroker);
            try (PatientPairs source =
                    PatientPairs.open(
                            positions -> log(topics, positions),
                            new TreeMap<>(),
                            LIMIT,
                            () -> false,
                            outage)) {
                List<LogRecord> taken = new ArrayList<>(source.take(25));
                topics.stopBroker();
                taken.addAll(source.take(100));
                topics.produce(topic, pairs.subList(40, PAIRS));
                while (taken.size() < PAIRS && source.await(Duration.ofSeconds(20))) {
                    taken.addAll(source.take(100));
                }
                assertThat(outage.pauses).isPositive();
                assertThat(taken.stream().map(PatientPairsTest::id))
                        .containsExactlyInAnyOrderElementsOf(
                                pairs.stream().map(PreferencePair::getId).toList());
            }
        }
    }

    @Test
    void aReadThatFailedHalfwayIsReadAgain() throws IOException {
        pairs();
        AtomicInteger opened = new AtomicInteger();
        PairSource.Opener flaky =
                positions -> {
                    int failingAt = opened.incrementAndGet() <= 3 ? 2 : Integer.MAX_VALUE;
                    return new Flaky(file(positions), failingAt);
                };
        try (PatientPairs source = patient(flaky, new Outage(() -> {}))) {
            List<String> ids = new ArrayList<>();
            while (!source.finished()) {
                source.take(7).forEach(record -> ids.add(id(record)));
            }
            assertThat(ids)
                    .containsExactlyElementsOf(
                            pairs().stream().map(PreferencePair::getId).toList());
            assertThat(opened).hasValue(4);
        }
    }

    @Test
    void anOutageBeyondTheLimitIsTheEnd() throws IOException {
        pairs();
        PairSource.Opener never = positions -> new Flaky(file(positions), 0);
        try (PatientPairs source = patient(never, new Outage(() -> {}))) {
            assertThatThrownBy(() -> source.take(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no answer; away for 60")
                    .hasMessageContaining("longer than source.outage-limit=PT10M");
        }
    }

    @Test
    void whatNoWaitingHelpsIsThrownAtOnce() throws IOException {
        pairs();
        PairSource.Opener cutOff =
                positions ->
                        new Flaky(file(positions), 0) {
                            @Override
                            public List<LogRecord> take(int max) {
                                throw new IllegalStateException("the log was made anew");
                            }
                        };
        Outage outage = new Outage(() -> {});
        try (PatientPairs source = patient(cutOff, outage)) {
            assertThatThrownBy(() -> source.take(1)).hasMessage("the log was made anew");
            assertThat(outage.pauses).isZero();
        }
    }

    @Test
    void aStopEndsTheWaiting() throws IOException {
        pairs();
        PairSource.Opener never = positions -> new Flaky(file(positions), 0);
        try (PatientPairs source =
                PatientPairs.open(
                        never, new TreeMap<>(), LIMIT, () -> true, new Outage(() -> {}))) {
            assertThat(source.take(1)).isEmpty();
            assertThat(source.positions()).containsEntry(0, 0L);
        }
    }

    /** Time that goes by while it is waited, and what happens meanwhile. */
    private static final class Outage implements PatientPairs.Pause {
        private final Runnable atFirst;
        private int pauses;
        private long nanos;

        Outage(Runnable atFirst) {
            this.atFirst = atFirst;
        }

        @Override
        public void pause(Duration time) {
            nanos += time.toNanos();
            if (pauses++ == 0) {
                atFirst.run();
            }
        }

        @Override
        public long now() {
            return nanos;
        }
    }

    /** A file that gives no answer from some read on, in the middle of it. */
    private static class Flaky implements PairSource {
        private final PairSource file;
        private final int failingAt;
        private int reads;

        Flaky(PairSource file, int failingAt) {
            this.file = file;
            this.failingAt = failingAt;
        }

        @Override
        public List<LogRecord> take(int max) {
            if (reads++ >= failingAt) {
                file.take(max / 2);
                throw new IllegalStateException("no answer", new DisconnectException("gone"));
            }
            return file.take(max);
        }

        @Override
        public boolean await(Duration timeout) {
            return file.await(timeout);
        }

        @Override
        public boolean finished() {
            return file.finished();
        }

        @Override
        public SortedMap<Integer, Long> positions() {
            return file.positions();
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public void close() {
            file.close();
        }
    }

    private static PatientPairs patient(PairSource.Opener opener, Outage outage) {
        return PatientPairs.open(opener, new TreeMap<>(), LIMIT, () -> false, outage);
    }

    private static PairSource log(TestTopics topics, SortedMap<Integer, Long> positions) {
        return new LogPairs(
                Topics.PREFERENCE_PAIRS.name(),
                new PairLogReader(
                        Map.of(
                                "bootstrap.servers", topics.connection().bootstrapServers(),
                                "default.api.timeout.ms", "3000",
                                "request.timeout.ms", "2000"),
                        Topics.PREFERENCE_PAIRS.name(),
                        RecordDecoder.connect(Topics.PREFERENCE_PAIRS, topics.connection()),
                        positions));
    }

    private PairSource file(SortedMap<Integer, Long> positions) {
        return PairFile.open(folder.resolve("pairs.jsonl"), 0, positions.getOrDefault(0, 0L));
    }

    private List<PreferencePair> pairs() throws IOException {
        Path file = PairFile.separable(folder.resolve("pairs.jsonl"), PAIRS);
        return PairFile.read(file, 0);
    }

    private static String id(LogRecord record) {
        return ((LogRecord.Pair) record).pair().getId();
    }
}
