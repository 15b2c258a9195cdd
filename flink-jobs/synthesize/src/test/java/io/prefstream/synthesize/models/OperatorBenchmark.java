package io.prefstream.synthesize.models;

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
import io.prefstream.model.engine.EngineMetrics;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.StrategyShare;
import io.prefstream.synthesize.SynthesizePipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the operator costs: tokens a second of the demonstration model, asked by the job and asked
 * directly, for the same requests.
 *
 * <p>Load: {@code functions} functions with a comment each, of which the weak model writes one
 * answer of at most 64 tokens, at temperature 0.7. The job asks first (32 snippets under way,
 * parallelism 1), and its requests are then sent straight to the engine: 32 at once, and one at a
 * time. Time goes from the first request to the last answer; the engine is idle while it makes no
 * step. Rounds alternate; the medians count.
 *
 * <pre>java -cp … io.prefstream.synthesize.models.OperatorBenchmark functions=1000 rounds=3</pre>
 */
public final class OperatorBenchmark {
    private static final int CONCURRENCY = 32;
    private static final Instant THEN = Instant.parse("2026-05-01T12:00:00Z");

    /** Where the job's tasks find the engine: they run in this process. */
    private static @Nullable Watched engine;

    private OperatorBenchmark() {}

    /** Passes requests on, and remembers them and their time. */
    private static final class Watched implements TextGenerator {
        private final TextEngine engine;
        private final List<GenerationRequest> requests =
                Collections.synchronizedList(new ArrayList<>());
        private final AtomicLong first = new AtomicLong(Long.MAX_VALUE);
        private final AtomicLong last = new AtomicLong(Long.MIN_VALUE);
        private final AtomicLong tokens = new AtomicLong();
        private long busyBefore;

        Watched(TextEngine engine) {
            this.engine = engine;
        }

        void begin() {
            requests.clear();
            first.set(Long.MAX_VALUE);
            last.set(Long.MIN_VALUE);
            tokens.set(0);
            busyBefore = engine.metrics().stepNanos();
        }

        Figures end() {
            EngineMetrics metrics = engine.metrics();
            double seconds = (last.get() - first.get()) / 1e9;
            double busy = (metrics.stepNanos() - busyBefore) / 1e9;
            return new Figures(tokens.get() / seconds, 1 - busy / seconds);
        }

        @Override
        public CompletableFuture<Generation> generate(
                GenerationRequest request, Consumer<String> onText) {
            requests.add(request);
            first.accumulateAndGet(System.nanoTime(), Math::min);
            return engine.generate(request, onText)
                    .whenComplete(
                            (generation, failure) -> {
                                if (generation != null) {
                                    tokens.addAndGet(generation.completionTokens());
                                }
                                last.accumulateAndGet(System.nanoTime(), Math::max);
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

    private record Figures(double tokensPerSecond, double idle) {}

    /** Runs the benchmark; arguments as above. */
    public static void main(String[] args) throws Exception {
        int functions = option(args, "functions", 1_000);
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
            for (int round = 0; round <= rounds; round++) {
                watched.begin();
                runJob(snippets);
                Figures asJob = watched.end();
                List<GenerationRequest> requests = List.copyOf(watched.requests);
                Figures asBare = direct(watched, requests, CONCURRENCY);
                Figures asSingle = direct(watched, requests.subList(0, requests.size() / 10), 1);
                if (round > 0) { // the first one warms up
                    job.add(asJob);
                    bare.add(asBare);
                    single.add(asSingle);
                }
            }
            print("job, 32 under way", job, bare);
            print("engine, 32 at once", bare, bare);
            print("engine, one at a time", single, bare);
            System.out.printf(
                    Locale.ROOT, "the job is %.2f x one at a time%n", median(job) / median(single));
        }
    }

    private static void print(String name, List<Figures> figures, List<Figures> bare) {
        System.out.printf(
                Locale.ROOT,
                "%-22s %8.1f tokens/s, %.2f x the bare engine, idle %.1f %%%n",
                name,
                median(figures),
                median(figures) / median(bare),
                100 * figures.stream().mapToDouble(Figures::idle).average().orElseThrow());
    }

    private static double median(List<Figures> figures) {
        return figures.stream()
                .mapToDouble(Figures::tokensPerSecond)
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
        var candidates = run.keep(outputs.records());
        var rejections = run.keep(outputs.rejections());
        run.execute("benchmark");
        if (candidates.get().size() + rejections.get().size() != snippets.size()) {
            throw new IllegalStateException("snippets were lost");
        }
    }

    private static Figures direct(Watched watched, List<GenerationRequest> requests, int atOnce)
            throws InterruptedException {
        watched.begin();
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
