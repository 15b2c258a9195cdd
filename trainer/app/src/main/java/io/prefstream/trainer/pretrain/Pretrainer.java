package io.prefstream.trainer.pretrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.AdamW;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.DemoModel;
import io.prefstream.model.Heads;
import io.prefstream.model.LanguageTraining;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a causal language model on source files: warm-up, a stable rate, a linear decay.
 *
 * <p>{@code OUT/trunk} holds weights, moments and step of the last evaluation; a start with the
 * same output folder goes on from there with the same windows in the same order. {@code
 * OUT/curve.csv} has a line for each evaluation, on windows spread over what is held out; {@code
 * OUT/model} appears at the end: weights in bf16, tokenizer, model card with the perplexity of all
 * that is held out.
 */
public final class Pretrainer {
    private static final Logger LOG = LoggerFactory.getLogger(Pretrainer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CURVE_WINDOWS = 256;
    private static final String PROGRESS = "progress.json";
    private static final String OPTIMIZER = "optimizer.safetensors";

    private final PretrainOptions options;
    private final BooleanSupplier stop;
    private final ModelConfig config;

    /**
     * @param stop asked before every step; true ends after writing the trunk
     */
    public Pretrainer(PretrainOptions options, BooleanSupplier stop) throws IOException {
        this.options = options;
        this.stop = stop;
        config =
                DemoModel.config()
                        .withHeads(Heads.LANGUAGE)
                        .resized(
                                options.hidden(),
                                options.intermediate(),
                                options.layers(),
                                options.heads(),
                                options.keyValueHeads(),
                                options.context());
    }

    /**
     * Trains to the last step.
     *
     * @return the finished model's folder, or the trunk's when it was stopped
     */
    public Path run() throws IOException {
        Path out = options.out();
        Files.createDirectories(out);
        Path files = out.resolve("tokenizer");
        DemoModel.writeTokenizer(files);
        Corpus training = new Corpus(options.context() + 1, options.seed());
        Corpus heldOut = new Corpus(options.context() + 1, options.seed());
        try (CodeTokenizer tokenizer = CodeTokenizer.read(files.resolve(ModelBundle.TOKENIZER))) {
            SourceTexts texts = new SourceTexts();
            for (Path artifact : SourceTexts.artifacts(options.sources())) {
                Corpus own = isHeldOut(artifact) ? heldOut : training;
                own.add(artifact, texts, tokenizer, config.eosTokenId());
            }
        }
        if (training.windows() == 0 || heldOut.windows() == 0) {
            throw new IllegalArgumentException(
                    "%s has too little Java source: %,d tokens to train on, %,d held out"
                            .formatted(options.sources(), training.tokens(), heldOut.tokens()));
        }
        LOG.info(
                "{} parameters; {} files, {} tokens to train on; {} files, {} tokens held out",
                String.format(Locale.ROOT, "%,d", config.parameterCount()),
                training.files(),
                String.format(Locale.ROOT, "%,d", training.tokens()),
                heldOut.files(),
                String.format(Locale.ROOT, "%,d", heldOut.tokens()));
        Path trunk = out.resolve("trunk");
        try (DecoderModel model = start(trunk);
                LanguageTraining learning =
                        model.languageTraining(AdamW.defaults(), options.tokensAtOnce())) {
            if (Files.exists(trunk)) {
                learning.loadState(trunk.resolve(OPTIMIZER));
            }
            boolean finished = train(model, learning, training, heldOut, trunk);
            if (!finished) {
                return trunk;
            }
            double loss = learning.loss(heldOut.spread(heldOut.windows()));
            LOG.info(
                    String.format(
                            Locale.ROOT,
                            "all that is held out: loss %.4f (perplexity %.2f)",
                            loss,
                            Math.exp(loss)));
            return export(model, files, training, heldOut, Math.exp(loss));
        }
    }

    private boolean train(
            DecoderModel model,
            LanguageTraining learning,
            Corpus training,
            Corpus heldOut,
            Path trunk)
            throws IOException {
        List<int[]> unseen = heldOut.spread(CURVE_WINDOWS);
        double sum = 0;
        long steps = 0;
        long since = System.nanoTime();
        for (long step = learning.step() + 1; step <= options.steps(); step++) {
            boolean last = stop.getAsBoolean();
            if (!last) {
                List<int[]> batch = training.batch(step - 1, options.batch());
                sum += learning.run(batch, (float) options.learningRate(step)).loss();
                steps++;
            }
            if (last || step % options.evaluateEvery() == 0 || step == options.steps()) {
                double seconds = (System.nanoTime() - since) / 1e9;
                double loss = learning.loss(unseen);
                record(learning.step(), steps == 0 ? Double.NaN : sum / steps, loss, seconds);
                save(model, learning, trunk);
                sum = 0;
                steps = 0;
                since = System.nanoTime();
            }
            if (last) {
                return false;
            }
        }
        return true;
    }

    private DecoderModel start(Path trunk) throws IOException {
        if (!Files.exists(trunk)) {
            return DecoderModel.initialize(config, options.seed(), options.precision());
        }
        ModelConfig saved = ModelConfig.read(trunk.resolve(ModelBundle.CONFIG));
        if (!saved.equals(config)) {
            throw new IllegalArgumentException(
                    "%s was begun with other sizes; choose them again or another --out"
                            .formatted(trunk));
        }
        JsonNode progress = JSON.readTree(trunk.resolve(PROGRESS).toFile());
        LOG.info("going on from step {}", progress.path("step").asLong());
        return new ModelBundle(trunk, config).model(options.precision());
    }

    private boolean isHeldOut(Path artifact) {
        int hash = artifact.getFileName().toString().hashCode() * 0x9E3779B9;
        return (hash >>> 8) / (double) (1 << 24) < options.heldOut();
    }

    private void record(long step, double training, double heldOut, double seconds)
            throws IOException {
        Path file = options.out().resolve("curve.csv");
        if (!Files.exists(file)) {
            Files.writeString(file, "step,training_loss,held_out_loss,held_out_perplexity\n");
        }
        String line =
                String.format(
                        Locale.ROOT,
                        "%d,%.4f,%.4f,%.3f%n",
                        step,
                        training,
                        heldOut,
                        Math.exp(heldOut));
        Files.writeString(file, line, StandardOpenOption.APPEND);
        LOG.info(
                String.format(
                        Locale.ROOT,
                        "step %d of %d: loss %.4f, held out %.4f (perplexity %.2f), %.0f s",
                        step,
                        options.steps(),
                        training,
                        heldOut,
                        Math.exp(heldOut),
                        seconds));
    }

    /** The new trunk is whole beside the old one before it takes its place. */
    private void save(DecoderModel model, LanguageTraining learning, Path trunk)
            throws IOException {
        Path next = trunk.resolveSibling("trunk.next");
        delete(next);
        Files.createDirectories(next);
        model.save(next.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        Files.writeString(next.resolve(ModelBundle.CONFIG), config.toJson());
        learning.saveState(next.resolve(OPTIMIZER));
        ObjectNode progress = JSON.createObjectNode().put("step", learning.step());
        Files.writeString(next.resolve(PROGRESS), progress.toPrettyString());
        Path old = trunk.resolveSibling("trunk.old");
        delete(old);
        if (Files.exists(trunk)) {
            Files.move(trunk, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(next, trunk, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    private Path export(
            DecoderModel model, Path tokenizer, Corpus training, Corpus heldOut, double perplexity)
            throws IOException {
        Path folder = options.out().resolve("model");
        new ModelBundle(tokenizer, config).writeWith(model, folder, SafeTensors.Type.BF16);
        List<String> curve = Files.readAllLines(options.out().resolve("curve.csv"));
        Files.writeString(
                folder.resolve("README.md"),
                PretrainCard.text(options, config, training, heldOut, perplexity, curve),
                StandardCharsets.UTF_8);
        return folder;
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
