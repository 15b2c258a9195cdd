package io.prefstream.model.engine;

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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * Tokens a second of the engine, at several concurrencies, on random weights of a shape.
 *
 * <p>Load: prompts of {@code prompt} random tokens, answers of {@code new} tokens, greedy, no end
 * of sequence. {@code ragged} gives prompts and answers of half to one and a half times the length
 * and twice as many requests as run at once, beside the same number of tokens in full static
 * batches. {@code floor} is the time to read every weight once a step at the copy rate measured
 * just before.
 *
 * <pre>java … io.prefstream.model.engine.EngineBenchmark shape=demo|0.5b weights=FLOAT16
 *     concurrency=1,8,32 prompt=64 new=64</pre>
 */
public final class EngineBenchmark {
    private EngineBenchmark() {}

    /** Runs the benchmark; arguments as above. */
    public static void main(String[] args) throws Exception {
        String shape = option(args, "shape", "demo");
        int prompt = Integer.parseInt(option(args, "prompt", "64"));
        int fresh = Integer.parseInt(option(args, "new", "64"));
        Weights weights = Weights.valueOf(option(args, "weights", "FLOAT16"));
        ModelConfig config = config(shape);
        Path folder = Path.of(option(args, "model", ""));
        boolean drawn = folder.toString().isEmpty();
        if (drawn) {
            folder = draw(config);
        } else {
            config = ModelConfig.read(folder.resolve(ModelBundle.CONFIG));
        }
        EngineOptions options =
                new EngineOptions(weights, 64, 512, 768L << 20, 16, 4096, threads(args), "cpu");
        System.out.printf(
                Locale.ROOT,
                "%s, %,d parameters, %s, %d prompt and %d new tokens%n",
                shape,
                config.parameterCount(),
                weights,
                prompt,
                fresh);
        try (GenerationEngine engine = new GenerationEngine(config, folder, "benchmark", options)) {
            run(engine, config, 4, 4, prompt, fresh / 4, false);
            double single = 0;
            for (String one : option(args, "concurrency", "1,8,32,64").split(",")) {
                int concurrency = Integer.parseInt(one);
                Result result = run(engine, config, concurrency, concurrency, prompt, fresh, false);
                if (concurrency == 1) {
                    single = result.decode;
                }
                System.out.printf(
                        Locale.ROOT,
                        "concurrency %2d: %8.1f tokens/s generated (%.2f x one), %8.1f with"
                                + " prompts, %.1f %% outside the model, %.1f %% padding%n",
                        concurrency,
                        result.decode,
                        single == 0 ? Double.NaN : result.decode / single,
                        result.all,
                        100 * result.overhead,
                        100 * result.padding);
            }
            Result full = run(engine, config, 32, 32, prompt, fresh, false);
            Result ragged = run(engine, config, 32, 96, prompt, fresh, true);
            System.out.printf(
                    Locale.ROOT,
                    "ragged arrivals, 32 at once: %.1f tokens/s, %.2f of a full static batch's"
                            + " %.1f%n",
                    ragged.all,
                    ragged.all / full.all,
                    full.all);
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

    private record Result(double decode, double all, double overhead, double padding) {}

    private static Result run(
            GenerationEngine engine,
            ModelConfig config,
            int concurrency,
            int requests,
            int prompt,
            int fresh,
            boolean ragged)
            throws InterruptedException {
        Random random = new Random(concurrency);
        EngineMetrics before = engine.metrics();
        CountDownLatch left = new CountDownLatch(requests);
        java.util.concurrent.Semaphore slots = new java.util.concurrent.Semaphore(concurrency);
        List<Sequence> sequences = new ArrayList<>();
        long tokens = 0;
        for (int i = 0; i < requests; i++) {
            int length = ragged ? prompt / 2 + random.nextInt(prompt) : prompt;
            int answer = ragged ? fresh / 2 + random.nextInt(fresh) : fresh;
            tokens += length + answer;
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
                                    new Counting(left, slots)),
                            "",
                            System.nanoTime(),
                            Long.MAX_VALUE));
        }
        long start = System.nanoTime();
        for (Sequence sequence : sequences) {
            slots.acquire();
            engine.submit(sequence);
        }
        left.await();
        double seconds = (System.nanoTime() - start) / 1e9;
        EngineMetrics after = engine.metrics();
        double model = after.modelNanos() - before.modelNanos();
        double steps = after.stepNanos() - before.stepNanos();
        double attended = after.attendedTokens() - before.attendedTokens();
        double useful = after.usefulTokens() - before.usefulTokens();
        long generated = after.generatedTokens() - before.generatedTokens();
        return new Result(
                generated / seconds, tokens / seconds, 1 - model / steps, 1 - useful / attended);
    }

    private record Counting(CountDownLatch left, java.util.concurrent.Semaphore slots)
            implements TokenListener {
        @Override
        public boolean token(Chosen chosen, List<Chosen> top) {
            return false;
        }

        @Override
        public void finished(FinishReason reason, String model) {
            slots.release();
            left.countDown();
        }

        @Override
        public void failed(Throwable why) {
            throw new IllegalStateException(why);
        }
    }

    private static ModelConfig config(String shape) {
        TokenIds tokens = TokenIds.of(0, 0, 1);
        return switch (shape) {
            case "demo" -> ModelConfig.qwen2(4096, 256, 768, 6, 4, 2, 1024, true, tokens, 0.02);
            case "0.5b" ->
                    ModelConfig.qwen2(151_936, 896, 4864, 24, 14, 2, 1024, true, tokens, 0.02);
            default -> throw new IllegalArgumentException("shape=" + shape + ": demo or 0.5b");
        };
    }

    private static Path draw(ModelConfig config) throws IOException {
        Path folder = Files.createTempDirectory("engine-benchmark");
        try (DecoderModel model = DecoderModel.initialize(config, 1)) {
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.BF16);
        }
        return folder;
    }

    private static int threads(String[] args) {
        return Integer.parseInt(option(args, "threads", "0"));
    }

    private static String option(String[] args, String name, String otherwise) {
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(name + "="))
                .map(arg -> arg.substring(name.length() + 1))
                .findFirst()
                .orElse(otherwise);
    }
}
