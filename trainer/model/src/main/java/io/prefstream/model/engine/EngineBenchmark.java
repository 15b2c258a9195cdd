package io.prefstream.model.engine;

import ai.djl.Device;
import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Sampling;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.TokenIds;
import io.prefstream.model.kernels.EngineKernels.Weights;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.ToDoubleFunction;

/**
 * Tokens a second of the engine, at several concurrencies, on random weights of a shape.
 *
 * <p>Load: prompts of {@code prompt} random tokens, answers of {@code new} tokens, greedy, no end
 * of sequence; no two prompts are alike, so that none is found in the cache. The floor is the time
 * to read every weight once a step at the rate measured just before: weights that fit the
 * processor's cache may be faster. {@code ragged} gives prompts and answers of half to one and a
 * half times the length, four times as many requests as run at once, each joining when another one
 * leaves; beside it stand full static batches, whose texts are all as long as those are on average,
 * and the ragged texts in static batches, each waiting for its longest. All of it takes turns for
 * {@code rounds} rounds after one that is not measured; printed are medians.
 *
 * <pre>java … io.prefstream.model.engine.EngineBenchmark shape=demo|0.5b|1.5b device=cpu|cuda
 *     weights=FLOAT16 concurrency=1,8,32 prompt=64 new=64 rounds=9 ragged=true</pre>
 */
public final class EngineBenchmark {
    private static final int RAGGED = 32;
    private static final int BATCHES = 4;
    private static final int WARM_UP = 16;

    private EngineBenchmark() {}

    /** Runs the benchmark; arguments as above. */
    public static void main(String[] args) throws Exception {
        String shape = option(args, "shape", "demo");
        int prompt = Integer.parseInt(option(args, "prompt", "64"));
        int fresh = Integer.parseInt(option(args, "new", "64"));
        Path folder = Path.of(option(args, "model", ""));
        boolean drawn = folder.toString().isEmpty();
        ModelConfig config =
                drawn ? config(shape) : ModelConfig.read(folder.resolve(ModelBundle.CONFIG));
        if (drawn) {
            folder = draw(config);
        }
        EngineOptions options = options(option(args, "device", "cpu"), args);
        System.out.printf(
                Locale.ROOT,
                "%s, %,d parameters, %s, %d prompt and %d new tokens%n",
                drawn ? shape : folder,
                config.parameterCount(),
                options.weights(),
                prompt,
                fresh);
        double floor = bytesPerStep(config, options.weights()) / printedBandwidth(config, options);
        Random random = new Random(1);
        try (GenerationEngine engine = new GenerationEngine(config, folder, "benchmark", options)) {
            for (int i = 0; i < WARM_UP; i++) {
                run(engine, config, random, 4, 4, prompt, fresh, false);
            }
            Measured measured = new Measured();
            int rounds = Integer.parseInt(option(args, "rounds", "9"));
            boolean ragged = Boolean.parseBoolean(option(args, "ragged", "true"));
            int[] concurrencies =
                    Arrays.stream(option(args, "concurrency", "1,8,32,64").split(","))
                            .mapToInt(Integer::parseInt)
                            .toArray();
            // The first round is not measured: what it runs is compiled meanwhile.
            for (int round = 0; round <= rounds; round++) {
                Measured into = round == 0 ? new Measured() : measured;
                for (int at : concurrencies) {
                    into.add(at, run(engine, config, random, at, at, prompt, fresh, false));
                }
                if (ragged) {
                    into.full.add(batches(engine, config, random, prompt, fresh, false));
                    into.waiting.add(batches(engine, config, random, prompt, fresh, true));
                    into.ragged.add(
                            run(
                                            engine,
                                            config,
                                            random,
                                            RAGGED,
                                            BATCHES * RAGGED,
                                            prompt,
                                            fresh,
                                            true)
                                    .all);
                }
            }
            measured.print(floor);
        } finally {
            if (drawn) {
                try (var files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        }
    }

    /** Results of all rounds; what is printed are medians. */
    private static final class Measured {
        private final Map<Integer, List<Result>> byConcurrency = new TreeMap<>();
        private final List<Double> full = new ArrayList<>();
        private final List<Double> waiting = new ArrayList<>();
        private final List<Double> ragged = new ArrayList<>();

        void add(int concurrency, Result result) {
            byConcurrency.computeIfAbsent(concurrency, at -> new ArrayList<>()).add(result);
        }

        void print(double floor) {
            List<Result> alone = byConcurrency.getOrDefault(1, List.of());
            byConcurrency.forEach(
                    (concurrency, results) -> {
                        double decode = median(results, Result::decode);
                        System.out.printf(
                                Locale.ROOT,
                                "concurrency %2d: %8.1f tokens/s decoded (%.2f x one, %.2f of the"
                                        + " floor's), %8.1f of prompts, %8.1f generated,"
                                        + " %8.1f with prompts,"
                                        + " %.1f %% outside the model, %.1f %% padding%n",
                                concurrency,
                                decode,
                                decode / median(alone, Result::decode),
                                decode * floor / concurrency,
                                median(results, Result::prefill),
                                median(results, Result::generated),
                                median(results, Result::all),
                                100 * median(results, Result::overhead),
                                100 * median(results, Result::padding));
                    });
            if (ragged.isEmpty()) {
                return;
            }
            double arrivals = median(ragged, x -> x);
            double batches = median(full, x -> x);
            double inBatches = median(waiting, x -> x);
            System.out.printf(
                    Locale.ROOT,
                    "ragged, %d at once: %.1f tokens/s with prompts; %.2f of full static batches'"
                            + " %.1f, %.2f x the same texts in static batches, %.1f%n",
                    RAGGED,
                    arrivals,
                    arrivals / batches,
                    batches,
                    arrivals / inBatches,
                    inBatches);
        }

        private static <T> double median(List<T> values, ToDoubleFunction<T> of) {
            double[] sorted = values.stream().mapToDouble(of).sorted().toArray();
            int middle = sorted.length / 2;
            if (sorted.length == 0) {
                return Double.NaN;
            }
            return sorted.length % 2 == 1
                    ? sorted[middle]
                    : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /**
     * @param decode tokens a second from when each request has its first token
     * @param prefill tokens of prompts a second until then; where more requests come than run at
     *     once, none
     * @param generated tokens a second from the first submission on
     * @param all tokens a second with prompts; where more requests come than run at once, from the
     *     first one's end to the last one's admission, while every place is taken
     */
    private record Result(
            double decode,
            double prefill,
            double generated,
            double all,
            double overhead,
            double padding) {}

    /** Tokens a second, prompts included, when a batch begins as the whole one before has ended. */
    private static double batches(
            GenerationEngine engine,
            ModelConfig config,
            Random random,
            int prompt,
            int fresh,
            boolean ragged)
            throws InterruptedException {
        long before = engine.metrics().rows();
        long start = System.nanoTime();
        for (int i = 0; i < BATCHES; i++) {
            run(engine, config, random, RAGGED, RAGGED, prompt, fresh, ragged);
        }
        return (engine.metrics().rows() - before) * 1e9 / (System.nanoTime() - start);
    }

    private static Result run(
            GenerationEngine engine,
            ModelConfig config,
            Random random,
            int concurrency,
            int requests,
            int prompt,
            int fresh,
            boolean ragged)
            throws InterruptedException {
        EngineMetrics before = engine.metrics();
        CountDownLatch left = new CountDownLatch(requests);
        Decoding decoding = new Decoding(requests);
        Semaphore slots = new Semaphore(concurrency);
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            int length = ragged ? prompt / 2 + random.nextInt(prompt) : prompt;
            int answer = ragged ? fresh / 2 + random.nextInt(fresh) : fresh;
            int[] ids = random.ints(length, 2, config.vocabSize()).toArray();
            sequences.add(
                    new Sequence(
                            ids,
                            new Sequence.Continue(
                                    Sampling.GREEDY,
                                    answer,
                                    Set.of(),
                                    i,
                                    -1,
                                    new Counting(left, slots, decoding)),
                            "",
                            System.nanoTime(),
                            Long.MAX_VALUE));
        }
        long prompts = sequences.stream().mapToLong(one -> one.promptLength).sum();
        long start = System.nanoTime();
        long fullSince = start;
        long rowsThen = before.rows();
        for (int i = 0; i < requests; i++) {
            slots.acquire();
            if (i == concurrency) {
                fullSince = System.nanoTime();
                rowsThen = engine.metrics().rows();
            }
            engine.submit(sequences.get(i));
        }
        if (requests == concurrency) {
            left.await();
        }
        double rows = engine.metrics().rows() - rowsThen;
        double full = (System.nanoTime() - fullSince) / 1e9;
        left.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        EngineMetrics after = engine.metrics();
        double model = after.modelNanos() - before.modelNanos();
        double steps = after.stepNanos() - before.stepNanos();
        double attended = after.attendedTokens() - before.attendedTokens();
        double useful = after.usefulTokens() - before.usefulTokens();
        long generated = after.generatedTokens() - before.generatedTokens();
        return new Result(
                decoding.perSecond(),
                prompts * 1e9 / (decoding.since - start),
                generated / seconds,
                rows / full,
                1 - model / steps,
                1 - useful / attended);
    }

    /** Bytes of weights that a step reads: of an embedding that is no language head, hardly any. */
    static long bytesPerStep(ModelConfig config, Weights weights) {
        long read = config.parameterCount();
        if (!config.tieWordEmbeddings()) {
            read -= (long) config.vocabSize() * config.hiddenSize();
        }
        return read * (weights == Weights.FLOAT32 ? 4 : 2);
    }

    private static double printedBandwidth(ModelConfig config, EngineOptions options)
            throws InterruptedException {
        int threads = options.productThreads(config.parameterCount());
        Device device = options.toDevice();
        double bandwidth =
                device.isGpu() ? ReadBandwidth.measure(device) : ReadBandwidth.measure(threads);
        long bytes = bytesPerStep(config, options.weights());
        System.out.printf(
                Locale.ROOT,
                "floor: %.1f MB of weights at %.1f GB/s (%s), %.2f ms a step%n",
                bytes / 1e6,
                bandwidth / 1e9,
                device.isGpu() ? device.toString() : "threads: " + threads,
                1e3 * bytes / bandwidth);
        return bandwidth;
    }

    /** Tokens since the last request had its first one; written with the engine's lock. */
    private static final class Decoding {
        private int waiting;
        private long since;
        private long until;
        private long tokens;

        Decoding(int requests) {
            waiting = requests;
        }

        void token(boolean first) {
            if (first && --waiting == 0) {
                since = System.nanoTime();
            } else if (waiting == 0) {
                tokens++;
                until = System.nanoTime();
            }
        }

        double perSecond() {
            return tokens * 1e9 / (until - since);
        }
    }

    private static final class Counting implements TokenListener {
        private final CountDownLatch left;
        private final Semaphore slots;
        private final Decoding decoding;
        private boolean begun;

        Counting(CountDownLatch left, Semaphore slots, Decoding decoding) {
            this.left = left;
            this.slots = slots;
            this.decoding = decoding;
        }

        @Override
        public boolean token(Chosen chosen, List<Chosen> top) {
            decoding.token(!begun);
            begun = true;
            return false;
        }

        @Override
        public void finished(FinishReason reason, String model) {
            slots.release();
            left.countDown();
        }

        @Override
        public void failed(Throwable why) {
            // Nothing that follows would be a measurement.
            why.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    static ModelConfig config(String shape) {
        TokenIds tokens = TokenIds.of(0, 0, 1);
        return switch (shape) {
            case "demo" -> ModelConfig.qwen2(4096, 256, 768, 4, 4, 2, 1024, true, tokens, 0.02);
            case "0.5b" ->
                    ModelConfig.qwen2(151_936, 896, 4864, 24, 14, 2, 1024, true, tokens, 0.02);
            case "1.5b" ->
                    ModelConfig.qwen2(151_936, 1536, 8960, 28, 12, 2, 1024, true, tokens, 0.02);
            default ->
                    throw new IllegalArgumentException("shape=" + shape + ": demo, 0.5b or 1.5b");
        };
    }

    private static Path draw(ModelConfig config) throws IOException {
        Path folder = Files.createTempDirectory("engine-benchmark");
        try (DecoderModel model = DecoderModel.initialize(config, 1)) {
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.BF16);
        }
        return folder;
    }

    /** Of a GPU the defaults, of a processor a cache for all the texts that run at once. */
    private static EngineOptions options(String device, String[] args) {
        EngineOptions options = EngineOptions.of(device);
        if (device.equals("cpu")) {
            int threads = Integer.parseInt(option(args, "threads", "0"));
            options = options.withCacheBytes(768L << 20).withThreads(threads);
        }
        String weights = option(args, "weights", "");
        return weights.isEmpty() ? options : options.withWeights(Weights.valueOf(weights));
    }

    private static String option(String[] args, String name, String otherwise) {
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(name + "="))
                .map(arg -> arg.substring(name.length() + 1))
                .findFirst()
                .orElse(otherwise);
    }
}
