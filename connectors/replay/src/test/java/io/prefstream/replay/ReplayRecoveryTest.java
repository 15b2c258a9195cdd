package io.prefstream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on disk is the buffer, wherever the process was when it ended. */
@Timeout(300)
class ReplayRecoveryTest {

    @TempDir Path folder;

    @Test
    void openedAgainItGoesOnAsIfItHadNeverBeenClosed() {
        try (ReplayBuffer whole = Churn.open(folder.resolve("whole"))) {
            for (long number = 1; number <= 400; number++) {
                Churn.change(whole, number);
            }
            Path parts = folder.resolve("parts");
            for (long from = 1; from <= 400; from += 57) {
                try (ReplayBuffer part = Churn.open(parts)) {
                    assertThat(Churn.last(part)).isEqualTo(from - 1);
                    for (long number = from; number < from + 57 && number <= 400; number++) {
                        Churn.change(part, number);
                    }
                }
            }
            try (ReplayBuffer part = Churn.open(parts)) {
                assertThat(Churn.portrait(part)).isEqualTo(Churn.portrait(whole));
            }
            ReplayStats stats = whole.stats();
            assertThat(stats.stale() + stats.usedUp() + stats.moved()).isZero();
            assertThat(whole.stats("fresh").moved()).isPositive();
            assertThat(stats.evicted()).isPositive();
            assertThat(stats.removed()).isPositive();
            assertThat(stats.inserted())
                    .isEqualTo(stats.size() + stats.removed() + stats.evicted());
        }
    }

    @Test
    void changesThatAreNotCommittedLeaveNoTraceInMemory() {
        try (ReplayBuffer plain = Churn.open(folder.resolve("plain"));
                ReplayBuffer hesitant = Churn.open(folder.resolve("hesitant"))) {
            for (long number = 1; number <= 200; number++) {
                Churn.change(plain, number);
                for (long other = 1_000 * number; other < 1_000 * number + 3; other++) {
                    try (ReplayUpdate update = hesitant.begin()) {
                        Churn.prepare(update, other);
                        Churn.prepare(update, other + 500);
                    }
                }
                Churn.change(hesitant, number);
                if (number % 20 == 0) {
                    assertThat(Churn.portrait(hesitant)).isEqualTo(Churn.portrait(plain));
                }
            }
        }
    }

    @Test
    void killedAtAnyMomentItHoldsWhatWasCommittedAndNothingElse() throws Exception {
        Path live = folder.resolve("live");
        try (ReplayBuffer expected = Churn.open(folder.resolve("expected"))) {
            for (int kill = 0; kill < 5; kill++) {
                long said = churnUntilKilled(live, 150 + 97L * kill);
                try (ReplayBuffer found = Churn.open(live)) {
                    assertThat(Churn.last(found)).isGreaterThanOrEqualTo(said);
                    for (long n = Churn.last(expected) + 1; n <= Churn.last(found); n++) {
                        Churn.change(expected, n);
                    }
                    assertThat(Churn.portrait(found)).isEqualTo(Churn.portrait(expected));
                }
            }
        }
    }

    @Test
    void aSnapshotTakenBesideUpdatesIsTheBufferAsOfOneOfThem() throws Exception {
        int snapshots = 6;
        ExecutorService beside = Executors.newSingleThreadExecutor();
        try (ReplayBuffer live = Churn.open(folder.resolve("live"))) {
            Future<?> taken =
                    beside.submit(
                            () -> {
                                for (int i = 0; i < snapshots; i++) {
                                    live.checkpoint(folder.resolve("snapshot" + i));
                                }
                            });
            long number = 0;
            while (!taken.isDone() || number < 100) {
                Churn.change(live, ++number);
            }
            taken.get(60, TimeUnit.SECONDS);
            try (ReplayBuffer expected = Churn.open(folder.resolve("expected"))) {
                for (int i = 0; i < snapshots; i++) {
                    Snapshots.layOut(folder.resolve("snapshot" + i), folder.resolve("copy" + i));
                    try (ReplayBuffer copy = Churn.open(folder.resolve("copy" + i))) {
                        while (Churn.last(expected) < Churn.last(copy)) {
                            Churn.change(expected, Churn.last(expected) + 1);
                        }
                        assertThat(Churn.portrait(copy)).isEqualTo(Churn.portrait(expected));
                    }
                }
            }
        } finally {
            beside.shutdownNow();
        }
    }

    /**
     * {@code table-v1} is a checkpoint that the program wrote before tables had a second layout.
     */
    @Test
    void aTableOfTheFirstLayoutIsReadOn() throws Exception {
        Path old = stored("table-v1");
        Path live = folder.resolve("live");
        Map<String, Long> timesSampled =
                Map.ofEntries(
                        Map.entry("pair-2", 4L),
                        Map.entry("pair-3", 0L),
                        Map.entry("pair-4", 1L),
                        Map.entry("pair-5", 2L),
                        Map.entry("pair-6", 1L),
                        Map.entry("pair-8", 3L),
                        Map.entry("pair-9", 0L),
                        Map.entry("pair-10", 0L),
                        Map.entry("pair-11", 0L),
                        Map.entry("pair-12", 4L),
                        Map.entry("pair-13", 3L));
        try (ReplayBuffer buffer =
                ReplayBuffer.openCheckpoint(old, live, ReplaySettings.uniform(12))) {
            assertThat(buffer.stats()).isEqualTo(new ReplayStats(11, 14, 1, 20, 1, 2, 0, 0, 0));
            PairCodec codec = new PairCodec(buffer);
            List<String> keys = new ArrayList<>();
            buffer.forEach(
                    100,
                    (key, value) -> {
                        keys.add(key);
                        assertThat(codec.decode(value)).isEqualTo(Pairs.pair(key));
                    });
            assertThat(keys)
                    .containsExactly(
                            "pair-2", "pair-3", "pair-4", "pair-5", "pair-6", "pair-8", "pair-9",
                            "pair-10", "pair-11", "pair-12", "pair-13");
            assertThat(buffer.note("position/0").map(bytes -> ByteBuffer.wrap(bytes).getLong()))
                    .hasValue(15L);
            Map<String, Long> before = new HashMap<>();
            for (Sample sample : buffer.peek(400, new SplitMix64(2))) {
                before.merge(sample.key(), sample.timesSampled() - 1, Math::min);
            }
            assertThat(before).isEqualTo(timesSampled);
        }
        try (ReplayBuffer buffer = ReplayBuffer.open(live, ReplaySettings.uniform(12))) {
            assertThat(buffer.stats().size()).isEqualTo(11);
            try (ReplayUpdate update = buffer.begin()) {
                // The repository is that of the pairs themselves.
                assertThat(update.removeRepository("maven:g:a").total()).isEqualTo(11);
                update.commit();
            }
            assertThat(buffer.stats().size()).isZero();
        }
    }

    /**
     * {@code table-v2}, {@code table-v3} and {@code table-v4} are checkpoints of 200 changes that
     * the program wrote while tables had these layouts, partly in its log.
     */
    @ParameterizedTest
    @ValueSource(strings = {"table-v2", "table-v3", "table-v4"})
    void aTableOfAFormerLayoutIsReadOn(String table) throws Exception {
        Path live = folder.resolve("live");
        Snapshots.layOut(stored(table), live);
        try (ReplayBuffer expected = Churn.open(folder.resolve("expected"))) {
            for (long number = 1; number <= 200; number++) {
                Churn.change(expected, number);
            }
            for (long to = 200; to <= 400; to += 100) {
                try (ReplayBuffer found = Churn.open(live)) {
                    for (long number = to - 99; to > 200 && number <= to; number++) {
                        Churn.change(expected, number);
                        Churn.change(found, number);
                    }
                    assertThat(Churn.portrait(found)).isEqualTo(Churn.portrait(expected));
                    assertThat(found.repositories()).isEqualTo(expected.repositories());
                }
            }
        }
        try (Store store = Store.open(live)) {
            for (String kind : List.of("d", "m", "r")) {
                store.forEach(
                        TableLayout.text(kind),
                        (key, nothing) -> fail("something of the old layout is there: %s", key));
            }
        }
    }

    private static Path stored(String table) throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(ReplayRecoveryTest.class.getResource("/" + table)).toURI());
    }

    private static long churnUntilKilled(Path live, long changes) throws IOException {
        // What is killed leaves its native library behind.
        Path left = Files.createDirectories(live.resolveSibling("left"));
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx128m",
                                "-Djava.io.tmpdir=" + left,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Churn.class.getName(),
                                live.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        long last = 0;
        long first = 0;
        try (BufferedReader said = process.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                last = Long.parseLong(line);
                first = first == 0 ? last : first;
                if (last - first >= changes) {
                    // Unlike the process itself its handle leaves the pipe as it is.
                    process.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(Files.exists(live)).isTrue();
        assertThat(last).isPositive();
        return last;
    }
}
