package io.prefstream.model.bench;

import ai.djl.Device;
import com.sun.management.OperatingSystemMXBean;
import io.prefstream.model.AdamW;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.Devices;
import io.prefstream.model.EncodedPair;
import io.prefstream.model.EncodedText;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairBatch;
import io.prefstream.model.Precision;
import io.prefstream.model.PreferenceLoss;
import io.prefstream.model.ProcessMemory;
import io.prefstream.model.TokenIds;
import io.prefstream.model.TrainingStep;
import io.prefstream.model.TrainingWork;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Time of a training step on random pairs, and its share of what a large matrix product reaches.
 *
 * <pre>
 * OMP_WAIT_POLICY=PASSIVE MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456 \
 *   java -cp ... io.prefstream.model.bench.TrainingBenchmark \
 *     [vocab=4096] [hidden=128] [layers=2] [length=128] [pairs=32] [at-once=4096] [steps=20] [fixed=true] [recompute=false] \
 *     [devices=cpu] [precision=f32] [shape=0.5b]
 * </pre>
 *
 * <p>The environment is that of a trainer: without the MALLOC settings the time goes into page
 * faults, and without the passive wait policy the engine's threads spin whenever another process
 * needs a core (measured on two busy cores: 376 against 1,819 ms a step).
 *
 * <p>Load: lengths are all {@code length}, or with {@code fixed=false} uniform from a quarter of
 * it; a quarter of a sequence is prompt; {@code shape=0.5b} is Qwen2's. Floating-point operations
 * are counted as {@link TrainingWork#operations} says, with and without attention's; the ratio is
 * to a 2048³ product (on a GPU an 8192³ one in the model's precision) measured between the steps.
 * Beside the time on the clock there is the processor time of all threads, by which two programs
 * can be compared on a machine that does other things too.
 */
public final class TrainingBenchmark {
    private TrainingBenchmark() {}

    public static void main(String[] args) {
        int vocab = option(args, "vocab", 4096);
        int hidden = option(args, "hidden", 128);
        int layers = option(args, "layers", 2);
        int length = option(args, "length", 128);
        int count = option(args, "pairs", 32);
        int steps = option(args, "steps", 20);
        boolean fixed = Arrays.stream(args).noneMatch("fixed=false"::equals);
        boolean recompute = Arrays.asList(args).contains("recompute=true");
        List<Device> devices =
                Devices.of(
                        Arrays.stream(args)
                                .filter(arg -> arg.startsWith("devices="))
                                .map(arg -> arg.substring("devices=".length()))
                                .findFirst()
                                .orElse("cpu"));
        boolean rounded = Arrays.asList(args).contains("precision=bf16");
        Precision precision = rounded ? Precision.BF16 : Precision.F32;
        TokenIds tokens = TokenIds.of(0, 0, 1);
        int heads = Math.max(1, hidden / 32);
        ModelConfig config =
                Arrays.asList(args).contains("shape=0.5b")
                        ? ModelConfig.qwen2(
                                151_936, 896, 4864, 24, 14, 2, length, true, tokens, 0.02)
                        : ModelConfig.qwen2(
                                vocab,
                                hidden,
                                3 * hidden,
                                layers,
                                heads,
                                Math.max(1, heads / 2),
                                length,
                                true,
                                tokens,
                                0.02);
        List<EncodedPair> pairs = pairs(new Random(1), config.vocabSize(), length, count, fixed);
        PairBatch batch = PairBatch.of(pairs, option(args, "at-once", 4096));
        double work = TrainingWork.operations(config, batch);
        double products = work - TrainingWork.attentionOperations(config, batch);
        List<Double> millis = new ArrayList<>();
        List<Double> matmul = new ArrayList<>();
        List<Double> processor = new ArrayList<>();
        List<Double> matmulProcessor = new ArrayList<>();
        try (DecoderModel model = DecoderModel.initialize(config, 1, precision);
                TrainingStep step =
                        model.trainingStep(
                                PreferenceLoss.codePmp(),
                                AdamW.defaults(),
                                recompute,
                                devices.subList(1, devices.size()))) {
            for (int i = 0; i < 3; i++) {
                step.run(batch, 1e-3f);
            }
            for (int i = 0; i < steps; i++) {
                long start = System.nanoTime();
                long used = processorNanos();
                step.run(batch, 1e-3f);
                millis.add((System.nanoTime() - start) / 1e6);
                processor.add((processorNanos() - used) / 1e6);
                if (i % 5 == 0) {
                    used = processorNanos();
                    matmul.add(TrainingWork.measuredRate(devices.get(0), precision) / 1e9);
                    matmulProcessor.add(
                            TrainingWork.MEASURED_OPERATIONS / (processorNanos() - used));
                }
            }
        }
        double median = median(millis);
        double peak = median(matmul);
        System.out.printf(
                "%,d parameters, %d pairs in %d micro-batches, %,d real tokens a step%n",
                config.parameterCount(), count, batch.microBatches().size(), batch.tokens());
        System.out.printf(
                "%.0f ms a step (median; fastest %.0f), %.2f steps/s, %,.0f tokens/s%n",
                median,
                millis.stream().min(Double::compare).orElse(0.0),
                1000 / median,
                batch.tokens() * 1000 / median);
        double used = median(processor);
        System.out.printf(
                "%.0f ms of processor time a step, %.0f GFLOP/s of it: %.0f %% of a large product's"
                        + " %.0f%n",
                used,
                work / 1e6 / used,
                work / 1e4 / used / median(matmulProcessor),
                median(matmulProcessor));
        System.out.printf("%,d MiB resident at most%n", ProcessMemory.peak());
        System.out.printf(
                "%.1f GFLOP a step: %.0f GFLOP/s, %.1f %% of the %.0f of a large product%n",
                work / 1e9, work / 1e6 / median, work / 1e4 / median / peak, peak);
        System.out.printf(
                "%.1f GFLOP without attention's: %.0f GFLOP/s, %.1f %%%n",
                products / 1e9, products / 1e6 / median, products / 1e4 / median / peak);
    }

    private static List<EncodedPair> pairs(
            Random random, int vocab, int length, int count, boolean fixed) {
        List<EncodedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int size = fixed ? length : length / 4 + random.nextInt(length * 3 / 4 + 1);
            EncodedText chosen = text(random, vocab, size);
            pairs.add(new EncodedPair(chosen, text(random, vocab, size)));
        }
        return pairs;
    }

    private static EncodedText text(Random random, int vocab, int size) {
        int[] ids = random.ints(size, 2, vocab).toArray();
        return new EncodedText(ids, Math.max(1, size / 4), size);
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
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
