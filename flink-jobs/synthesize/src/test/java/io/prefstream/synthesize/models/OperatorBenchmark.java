package io.prefstream.synthesize.models;

import com.sun.management.OperatingSystemMXBean;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.TextGenerator;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.model.DemoGenerator;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.StrategyShare;
import io.prefstream.synthesize.SynthesizePipeline;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * What the operator costs: tokens a second of the demonstration model, asked by the job and asked
 * directly, for the same requests.
 *
 * <p>Load: {@code functions} functions with a comment each, of which the weak model writes one
 * answer of at most 64 tokens, at temperature 0.7. The job asks first (32 snippets under way,
 * parallelism 1; what it makes is thrown away), and its requests are then sent straight to the
 * engine: 32 at once, and one at a time. Time, by the clock and of the processor, goes from the
 * first request to the last answer; the engine is idle while it makes no step; what the job
 * computes beside it is what its requests take more of the processor than the same sent straight.
 * Rounds alternate; the medians count, after {@code warm} rounds that don't: a job calls its own
 * and Flink's methods some hundred times a second, so that it takes minutes until the last of them
 * is compiled, on the cores that the engine computes with.
 *
 * <pre>java -cp … io.prefstream.synthesize.models.OperatorBenchmark functions=4000 warm=3 rounds=3
 * </pre>
 */
public final class OperatorBenchmark {
    private static final int CONCURRENCY = 32;
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Instant THEN = Instant.parse("2026-05-01T12:00:00Z");

    /** Where the job's tasks find the engine: they run in this process. */
    private static @Nullable Watched engine;

    private OperatorBenchmark() {}

    /** Passes requests on, and remembers them and their time. */
    private static final class Watched implements TextGenerator {
        private final TextEngine engine;
        private final List<GenerationRequest> requests =
                Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger answers = new AtomicInteger();
        private final AtomicLong tokens = new AtomicLong();
        private final AtomicReference<@Nullable Moment> first = new AtomicReference<>();
        private final AtomicReference<@Nullable Moment> last = new AtomicReference<>();
        private int uncounted;
        private int all;

        Watched(TextEngine engine) {
            this.engine = engine;
        }

        /** Of so many answers from now on the last three quarters count. */
        void begin(int all) {
            this.all = all;
            uncounted = all / 4;
            requests.clear();
            answers.set(0);
            tokens.set(0);
        }

        Figures end() {
            Moment begin = Objects.requireNonNull(first.get());
            Moment end = Objects.requireNonNull(last.get());
            double seconds = (end.nanos - begin.nanos) / 1e9;
            double counted = 1e6 * (all - uncounted);
            return new Figures(
                    tokens.get() / seconds,
                    1
                            - (end.stepNanos - begin.stepNanos)
                                    / 1e9
                                    / seconds
                                    / engine.metrics().lanes(),
                    (end.processorNanos - begin.processorNanos) / counted,
                    (end.otherNanos - begin.otherNanos) / counted);
        }

        private void answered(Generation generation) {
            int number = answers.incrementAndGet();
            if (number == uncounted) {
                first.set(now());
            } else if (number > uncounted) {
                tokens.addAndGet(generation.completionTokens());
                if (number == all) {
                    last.set(now());
                }
            }
        }

        private Moment now() {
            long others = 0;
            for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
                if (thread != null && !thread.getThreadName().startsWith("generation-engine")) {
                    others += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
                }
            }
            return new Moment(
                    System.nanoTime(),
                    PROCESS.getProcessCpuTime(),
                    others,
                    engine.metrics().stepNanos());
        }

        @Override
        public CompletableFuture<Generation> generate(
                GenerationRequest request, Consumer<String> onText) {
            requests.add(request);
            return engine.generate(request, onText)
                    .whenComplete(
                            (generation, failure) -> {
                                if (generation != null) {
                                    answered(generation);
                                }
                            });
        }

        @Override
        public String model() {
            return engine.model();
        }

        /** The engine outlives the job. */
        @Override
        public void close() {}
    }

    /**
     * By several clocks.
     *
     * @param processorNanos what the process has computed, on all its threads
     * @param otherNanos what those of Java have that aren't the engine's
     * @param stepNanos how long the engine's lanes have made steps, all together
     */
    private record Moment(long nanos, long processorNanos, long otherNanos, long stepNanos) {}

    /**
     * What came of some requests.
     *
     * @param processorMillis of the whole process, for a request
     * @param otherMillis of Java's threads that aren't the engine's, for a request
     */
    private record Figures(
            double tokensPerSecond, double idle, double processorMillis, double otherMillis) {}

    /** Runs the benchmark; arguments as above. */
    public static void main(String[] args) throws Exception {
        int functions = option(args, "functions", 4_000);
        int warm = option(args, "warm", 3);
        int rounds = option(args, "rounds", 3);
        EngineOptions options = EngineOptions.defaults().withThreads(option(args, "threads", 0));
        Path folder = Files.createTempDirectory("operator-benchmark");
        Path model = DemoGenerator.STRONG.writeTo(folder);
        try (TextEngine opened = new TextEngine(model, "1", options)) {
            Watched watched = new Watched(opened);
            engine = watched;
            List<CodeSnippet> snippets =
                    IntStream.range(0, functions).mapToObj(OperatorBenchmark::snippet).toList();
            List<Figures> job = new ArrayList<>();
            List<Figures> bare = new ArrayList<>();
            List<Figures> single = new ArrayList<>();
            for (int round = -warm; round < rounds; round++) {
                watched.begin(snippets.size());
                runJob(snippets);
                Figures asJob = watched.end();
                List<GenerationRequest> requests = List.copyOf(watched.requests);
                Figures asBare = direct(watched, requests, CONCURRENCY);
                if (round >= 0) {
                    job.add(asJob);
                    bare.add(asBare);
                    single.add(direct(watched, requests.subList(0, requests.size() / 10), 1));
                }
            }
            print("job, 32 under way", job, bare);
            print("engine, 32 at once", bare, bare);
            print("engine, one at a time", single, bare);
            System.out.printf(
                    Locale.ROOT,
                    "the job is %.2f x one at a time%n",
                    median(job, Figures::tokensPerSecond)
                            / median(single, Figures::tokensPerSecond));
        }
    }

    private static void print(String name, List<Figures> figures, List<Figures> bare) {
        System.out.printf(
                Locale.ROOT,
                "%-22s %8.1f tokens/s, %.2f x the bare engine, idle %.1f %%, %.2f ms of processor"
                        + " time a request, %.2f beside the engine's threads%n",
                name,
                median(figures, Figures::tokensPerSecond),
                median(figures, Figures::tokensPerSecond) / median(bare, Figures::tokensPerSecond),
                100 * figures.stream().mapToDouble(Figures::idle).average().orElseThrow(),
                median(figures, Figures::processorMillis),
                median(figures, Figures::otherMillis));
    }

    private static double median(List<Figures> figures, ToDoubleFunction<Figures> figure) {
        return figures.stream()
                .mapToDouble(figure)
                .sorted()
                .skip(figures.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    private static void runJob(List<CodeSnippet> snippets) throws Exception {
        GeneratorSpec spec =
                new GeneratorSpec(
                        "weak",
                        device -> {
                            if (engine == null) {
                                throw new IllegalStateException("the tasks run elsewhere");
                            }
                            return engine;
                        },
                        Map.of(Role.WEAK, 1.0),
                        PromptStyle.CODE,
                        Sampling.temperature(0.7),
                        64,
                        Duration.ofMinutes(5),
                        ReliableSettings.DEFAULTS);
        Describer.Settings instructions =
                new Describer.Settings(Describer.Source.DOC_COMMENT, List.of(), 240, 1_024);
        StrategyShare share =
                new StrategyShare(
                        SourceVsModel.NAME,
                        1,
                        1,
                        models -> new SourceVsModel(instructions, models));
        BoundedRun run = new BoundedRun(1);
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(
                                List.of(share),
                                GeneratorPool.Factory.of("synthesize", List.of(spec), 3),
                                1,
                                CONCURRENCY)
                        .apply(
                                run.from("snippets", CodeSnippet.class, snippets),
                                run.optOuts(),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        outputs.records().sinkTo(new DiscardingSink<>()).uid("candidates");
        outputs.rejections().sinkTo(new DiscardingSink<>()).uid("rejections");
        run.execute("benchmark");
    }

    private static Figures direct(Watched watched, List<GenerationRequest> requests, int atOnce)
            throws InterruptedException {
        watched.begin(requests.size());
        Semaphore places = new Semaphore(atOnce);
        for (GenerationRequest request : requests) {
            places.acquire();
            CompletableFuture<?> unused =
                    watched.generate(request)
                            .whenComplete((generation, failure) -> places.release());
        }
        places.acquire(atOnce);
        return watched.end();
    }

    private static CodeSnippet snippet(int i) {
        String signature = "int scale%d(int value, int factor)".formatted(i);
        String text = signature + " { return value * factor; }";
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", text))
                .setEventId("event")
                .setRepository("maven:org.example:fox")
                .setRevision("1.0")
                .setPath("Fox.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("scale" + i)
                .setSignature(signature)
                .setDocComment("Returns the value scaled by the factor and " + i + ".")
                .setText(text)
                .setPublishedAt(THEN)
                .setProducer("benchmark/1")
                .build();
    }

    private static int option(String[] args, String name, int otherwise) {
        for (String arg : args) {
            if (arg.startsWith(name + "=")) {
                return Integer.parseInt(arg.substring(name.length() + 1));
            }
        }
        return otherwise;
    }
}
