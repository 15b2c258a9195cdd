package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Sampling;
import io.prefstream.model.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EngineEnduranceTest {
    private static final int REQUESTS = 10_000;
    private static final int AT_ONCE = 200;
    private static final int BLOCKS = 24;

    /** Most texts end long before their limit, some don't: the engine's expectation is wrong. */
    private static final Set<Integer> EARLY_ENDS =
            IntStream.range(2, 18).boxed().collect(Collectors.toUnmodifiableSet());

    /** A cache of 24 blocks of 16 tokens: about four of the texts fit at a time. */
    private static final EngineOptions SMALL =
            Golden.engineOptions().withLimits(16, 48, BLOCKS * 16 * 2L * 2 * 2 * 8 * 4);

    @Test
    void everyRequestEndsOnceWhateverIsCancelledAndNothingIsLeft() throws Exception {
        Golden golden = Golden.QWEN2;
        Random random = new Random(7);
        Semaphore places = new Semaphore(AT_ONCE);
        List<Counted> all = new ArrayList<>();
        long warm = 0;
        try (GenerationEngine engine =
                new GenerationEngine(golden.config(), golden.folder(), "golden", SMALL)) {
            int arrays = engine.liveArrays();
            for (int i = 0; i < REQUESTS; i++) {
                places.acquire();
                if (i == REQUESTS / 5) {
                    warm = residentBytes();
                }
                Counted counted = new Counted(places);
                all.add(counted);
                counted.sequence =
                        random.nextInt(4) == 0
                                ? scored(random, counted)
                                : continued(random, counted);
                engine.submit(counted.sequence);
                if (random.nextInt(5) == 0) {
                    int back = random.nextInt(Math.min(all.size(), AT_ONCE));
                    engine.cancel(all.get(all.size() - 1 - back).sequence);
                }
            }
            assertThat(places.tryAcquire(AT_ONCE, 120, TimeUnit.SECONDS)).isTrue();
            assertThat(engine.metrics().usedBlocks()).isZero();
            assertThat(engine.metrics().running()).isZero();
            assertThat(engine.metrics().waiting()).isZero();
            assertThat(engine.metrics().preemptions()).isPositive();
            assertThat(engine.metrics().completed() + engine.metrics().failed())
                    .isEqualTo(REQUESTS);
            assertThat(engine.liveArrays()).isEqualTo(arrays);
            assertThat(residentBytes() - warm).isLessThan(96L << 20);
        }
        assertThat(all).allMatch(c -> c.endings.get() == 1);
        assertThat(all.stream().filter(c -> c.outcome.equals("cancelled")).count())
                .isGreaterThan(REQUESTS / 20);
        assertThat(all.stream().filter(c -> c.outcome.equals("late")).count()).isPositive();
        assertThat(all.stream().filter(c -> c.outcome.equals("done")).count())
                .isGreaterThan(REQUESTS / 3);
        assertThat(all).noneMatch(c -> c.outcome.startsWith("failed"));
    }

    @Test
    void aFloodOfOneClientStarvesNoOther() throws Exception {
        Golden golden = Golden.QWEN2;
        AtomicInteger ended = new AtomicInteger();
        Semaphore places = new Semaphore(0);
        List<Counted> modest = new ArrayList<>();
        try (GenerationEngine engine =
                new GenerationEngine(golden.config(), golden.folder(), "golden", SMALL)) {
            Random random = new Random(3);
            for (int i = 0; i < 400; i++) {
                engine.submit(text(random, 60, 40, "flood", new Counted(places, ended)));
            }
            for (int i = 0; i < 10; i++) {
                Counted counted = new Counted(places, ended);
                modest.add(counted);
                engine.submit(text(random, 60, 40, "modest", counted));
            }
            assertThat(places.tryAcquire(410, 120, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(modest).allMatch(c -> c.rank < 200);
    }

    private static Sequence continued(Random random, Counted counted) {
        long now = System.nanoTime();
        long deadline = random.nextInt(4) == 0 ? now + random.nextInt(200_000_000) : Long.MAX_VALUE;
        Sampling sampling =
                random.nextBoolean()
                        ? Sampling.GREEDY
                        : new Sampling(1.1, 0.9, random.nextInt(20), 0.02, 1.1);
        return new Sequence(
                random.ints(1 + random.nextInt(100), 2, 64).toArray(),
                new Sequence.Continue(
                        sampling,
                        random.nextInt(8) == 0 ? 50 : 1 + random.nextInt(50),
                        random.nextInt(8) == 0 ? Set.of() : EARLY_ENDS,
                        random.nextLong(),
                        random.nextInt(6) - 1,
                        counted),
                "client " + random.nextInt(5),
                now,
                deadline);
    }

    private static Sequence scored(Random random, Counted counted) {
        int[] tokens = random.ints(2 + random.nextInt(120), 2, 64).toArray();
        return new Sequence(
                tokens,
                new Sequence.Score(1 + random.nextInt(tokens.length), true, counted),
                "scorer",
                System.nanoTime(),
                Long.MAX_VALUE);
    }

    private static Sequence text(
            Random random, int prompt, int answer, String client, Counted counted) {
        return new Sequence(
                random.ints(prompt, 2, 64).toArray(),
                new Sequence.Continue(Sampling.GREEDY, answer, Set.of(), 1, -1, counted),
                client,
                System.nanoTime(),
                Long.MAX_VALUE);
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /** Counts how often it is told of an end. */
    private static final class Counted implements TokenListener, ScoreListener {
        final AtomicInteger endings = new AtomicInteger();
        private final Semaphore places;
        private final AtomicInteger ended;
        volatile String outcome = "open";
        volatile int rank;

        @SuppressWarnings("NullAway.Init") // set right after construction
        Sequence sequence;

        Counted(Semaphore places) {
            this(places, new AtomicInteger());
        }

        Counted(Semaphore places, AtomicInteger ended) {
            this.places = places;
            this.ended = ended;
        }

        @Override
        public boolean token(Chosen chosen, List<Chosen> top) {
            return false;
        }

        @Override
        public void finished(FinishReason reason, String model) {
            end("done");
        }

        @Override
        public void scored(double logLikelihood, float reward, String model) {
            end(Double.isFinite(logLikelihood) && Float.isFinite(reward) ? "done" : "failed: NaN");
        }

        @Override
        public void failed(Throwable why) {
            end(
                    why instanceof CancellationException
                            ? "cancelled"
                            : why instanceof TimeoutException ? "late" : "failed: " + why);
        }

        private void end(String how) {
            outcome = how;
            rank = ended.incrementAndGet();
            endings.incrementAndGet();
            places.release();
        }
    }
}
