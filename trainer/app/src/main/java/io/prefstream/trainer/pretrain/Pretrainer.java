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
import io.prefstream.trainer.CheckpointFolder;
import io.prefstream.trainer.TrainingException;
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
 *
 * <p>A batch whose loss or gradient is no number changes nothing and counts as a step that was
 * skipped; {@value #MOST_SKIPS_IN_A_ROW} in a row end the run.
 */
public final class Pretrainer {
    private static final Logger LOG = LoggerFactory.getLogger(Pretrainer.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CURVE_WINDOWS = 256;
    private static final int MOST_SKIPS_IN_A_ROW = 5;
    private static final String TRUNK = "trunk";
    private static final String PROGRESS = "progress.json";
    private static final String OPTIMIZER = "optimizer.safetensors";

    private final PretrainOptions options;
    private final BooleanSupplier stop;
    private final ModelConfig config;

    /** Batches that were drawn, and those of them that were skipped. */
    private long step;

    private long skipped;
    private int skippedInARow;

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
        CheckpointFolder trunks = trunks(out);
        Path trunk = out.resolve(TRUNK);
        try (DecoderModel model = start(trunk);
                LanguageTraining learning =
                        model.languageTraining(AdamW.defaults(), options.tokensAtOnce())) {
            if (Files.exists(trunk)) {
                learning.loadState(trunk.resolve(OPTIMIZER));
            }
            boolean finished = train(model, learning, training, heldOut, trunks);
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
            CheckpointFolder trunks)
            throws IOException {
        List<int[]> unseen = heldOut.spread(CURVE_WINDOWS);
        double sum = 0;
        long steps = 0;
        long since = System.nanoTime();
        while (step < options.steps()) {
            boolean last = stop.getAsBoolean();
            if (!last) {
                step++;
                List<int[]> batch = training.batch(step - 1, options.batch());
                LanguageTraining.Step made =
                        learning.run(batch, (float) options.learningRate(step));
                if (applied(made)) {
                    sum += made.loss();
                    steps++;
                }
            }
            if (last || step % options.evaluateEvery() == 0 || step == options.steps()) {
                double seconds = (System.nanoTime() - since) / 1e9;
                double loss = learning.loss(unseen);
                record(step, steps == 0 ? Double.NaN : sum / steps, loss, seconds);
                save(model, learning, trunks);
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

    /** Whether a batch was a step. */
    private boolean applied(LanguageTraining.Step made) {
        if (Double.isFinite(made.gradientNorm())) {
            skippedInARow = 0;
            return true;
        }
        skipped++;
        skippedInARow++;
        LOG.warn("step {} is skipped: its loss is {}, and no number came of it", step, made.loss());
        if (skippedInARow == MOST_SKIPS_IN_A_ROW) {
            throw new TrainingException(
                    "loss %s and gradient norm %s at step %,d, expected numbers: %d batches in a row were skipped. Training has diverged: lower --learning-rate=%s and go on from the last trunk, or begin anew in another --out"
                            .formatted(
                                    made.loss(),
                                    made.gradientNorm(),
                                    step,
                                    skippedInARow,
                                    options.peak()));
        }
        return false;
    }

    /**
     * The folder of the one trunk, as a killed process of this version or the one before left it.
     */
    private static CheckpointFolder trunks(Path out) throws IOException {
        CheckpointFolder trunks = new CheckpointFolder(out);
        Path trunk = out.resolve(TRUNK);
        Path old = out.resolve("trunk.old");
        if (!Files.exists(trunk) && Files.exists(old)) {
            Files.move(old, trunk, StandardCopyOption.ATOMIC_MOVE);
        }
        CheckpointFolder.delete(old);
        CheckpointFolder.delete(out.resolve("trunk.next"));
        return trunks;
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
        step = progress.path("step").asLong();
        skipped = progress.path("skipped").asLong();
        LOG.info("going on from step {}", step);
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
                        "step %d of %d (%d skipped): loss %.4f, held out %.4f (perplexity %.2f),"
                                + " %.0f s",
                        step,
                        options.steps(),
                        skipped,
                        training,
                        heldOut,
                        Math.exp(heldOut),
                        seconds));
    }

    private void save(DecoderModel model, LanguageTraining learning, CheckpointFolder trunks)
            throws IOException {
        try (CheckpointFolder.Unfinished unfinished = trunks.begin(TRUNK)) {
            Path next = unfinished.path();
            model.save(next.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
            Files.writeString(next.resolve(ModelBundle.CONFIG), config.toJson());
            learning.saveState(next.resolve(OPTIMIZER));
            ObjectNode progress = JSON.createObjectNode().put("step", step).put("skipped", skipped);
            Files.writeString(next.resolve(PROGRESS), progress.toPrettyString());
            unfinished.seal();
            unfinished.replace(TRUNK);
        }
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
}
