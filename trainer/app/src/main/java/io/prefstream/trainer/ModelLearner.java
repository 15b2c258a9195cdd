package io.prefstream.trainer;

import ai.djl.Device;
import io.prefstream.model.AdamW;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.Devices;
import io.prefstream.model.EncodedPair;
import io.prefstream.model.EncodedText;
import io.prefstream.model.Heads;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairBatch;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.Precision;
import io.prefstream.model.PreferenceLoss;
import io.prefstream.model.TrainingStep;
import io.prefstream.model.TrainingWork;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A decoder of trainer/model with its optimizer, on one device or, with a copy on each, on several:
 * steps are shared between them, all else is the first one's.
 *
 * <p>What it remembers for a fork lies in a scratch folder, not in memory: twelve bytes per
 * parameter, written and read once per release.
 */
public final class ModelLearner implements Learner {

    private static final Logger LOG = LoggerFactory.getLogger(ModelLearner.class);
    private static final String OPTIMIZER = "optimizer.safetensors";

    /** Of each parameter: itself and two moments. */
    private static final long SAVED_BYTES = 3 * Float.BYTES;

    private final TrainerConfig config;
    private final Path home;
    private final Path scratch;
    private final PreferenceLoss loss;
    private final AdamW optimizer;
    private final List<Device> devices;
    private Loaded loaded;
    private boolean closed;

    /** A model with everything that was loaded for it. */
    private record Loaded(
            ModelBundle bundle,
            CodeTokenizer tokenizer,
            PairEncoding encoding,
            DecoderModel model,
            TrainingStep training)
            implements AutoCloseable {

        @Override
        public void close() {
            training.close();
            model.close();
            tokenizer.close();
        }
    }

    private ModelLearner(TrainerConfig config, List<Device> devices, Path folder)
            throws IOException {
        this.config = config;
        this.home = config.out().resolve("tokenizer");
        this.scratch = config.out().resolve("fork");
        this.loss = new PreferenceLoss(config.loss().reward(), config.loss().language(), 0, 0);
        TrainerConfig.Optimizer settings = config.optimizer();
        this.optimizer =
                new AdamW(
                        settings.beta1(),
                        settings.beta2(),
                        settings.epsilon(),
                        settings.weightDecay(),
                        settings.clipNorm());
        this.devices = devices;
        this.loaded = open(fitting(config, folder));
    }

    /**
     * The configured model, or the demo model where none is configured.
     *
     * @throws IllegalArgumentException if the configuration can't be used, before anything is
     *     written
     */
    public static Learner create(TrainerConfig config) throws IOException {
        check(config);
        Path folder = config.model().path();
        List<Device> devices = Devices.of(config.devices());
        Path model = folder == null ? InitialModel.write(config) : folder;
        return new ModelLearner(config, devices, model);
    }

    /**
     * Checks what the configured model's folder and its {@code config.json} say, without an engine.
     *
     * @throws IllegalArgumentException if that isn't what is configured
     * @throws IOException if it is no model of a kind that can be read
     */
    static void check(TrainerConfig config) throws IOException {
        Path folder = config.model().path();
        if (folder == null) {
            InitialModel.check(config);
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("model.path=" + folder + " is no folder");
        }
        try {
            fitting(config, folder);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("model.path=" + e.getMessage(), e);
        }
    }

    @Override
    public Optional<String> refusal(PreferencePair pair) {
        EncodedPair encoded = encode(pair);
        return encoded.overBudget()
                ? Optional.of(
                        "pair of %,d tokens exceeds model.context=%,d"
                                .formatted(encoded.length(), loaded.encoding().budget()))
                : Optional.empty();
    }

    @Override
    public Batch prepare(List<PreferencePair> pairs, List<Double> weights) {
        List<EncodedPair> encoded = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            PreferencePair pair = pairs.get(i);
            EncodedPair one = encode(pair).weighted(weights.get(i));
            if (one.overBudget()) {
                throw new TrainingException(
                        "pair %s of the table has %,d tokens, expected %,d at most: it was taken in under a longer model.context, which must be given again"
                                .formatted(pair.getId(), one.length(), loaded.encoding().budget()));
            }
            encoded.add(one);
        }
        PairBatch batch = PairBatch.of(encoded, config.batch().tokensAtOnce(), devices.size());
        return new Prepared(
                batch,
                new Work(
                        batch.tokens(),
                        batch.paddedTokens(),
                        TrainingWork.operations(loaded.model().config(), batch)));
    }

    private record Prepared(PairBatch pairs, Work work) implements Batch {}

    @Override
    public StepResult step(Batch batch, double learningRate) {
        io.prefstream.model.StepResult result =
                loaded.training().run(((Prepared) batch).pairs(), (float) learningRate);
        return new StepResult(
                result.loss(),
                result.reward(),
                result.language(),
                result.gradientNorm(),
                result.tokens(),
                result.applied(),
                (result.meanChosenReward() + result.meanRejectedReward()) / 2,
                result.rewardVariance());
    }

    @Override
    public double peakRate() {
        return devices.stream()
                .distinct()
                .mapToDouble(device -> TrainingWork.measuredRate(device, precision()))
                .sum();
    }

    @Override
    public long gpuMebibytes() {
        return Devices.usedGpuMebibytes(devices);
    }

    @Override
    public float[] margins(List<PreferencePair> pairs) {
        List<EncodedText> texts = new ArrayList<>(2 * pairs.size());
        for (PreferencePair pair : pairs) {
            EncodedPair encoded = encode(pair);
            texts.add(encoded.chosen());
            texts.add(encoded.rejected());
        }
        float[] margins = new float[pairs.size()];
        if (!pairs.isEmpty()) {
            float[] rewards = loaded.model().rewards(texts, config.batch().tokensAtOnce());
            for (int i = 0; i < margins.length; i++) {
                margins[i] = rewards[2 * i] - rewards[2 * i + 1];
            }
        }
        return margins;
    }

    @Override
    public void save(Path folder) throws IOException {
        loaded.bundle().writeWith(loaded.model(), folder, SafeTensors.Type.F32);
        loaded.training().saveState(folder.resolve(OPTIMIZER));
    }

    @Override
    public long savedBytes() {
        return SAVED_BYTES * loaded.model().config().parameterCount();
    }

    @Override
    public void load(Path folder) throws IOException {
        ModelBundle found = fitting(config, folder);
        // Not both at once: with its optimizer a model takes 16 bytes for each parameter.
        close();
        loaded = open(found);
        closed = false;
        loaded.training().loadState(folder.resolve(OPTIMIZER));
    }

    @Override
    public void export(Path folder) throws IOException {
        loaded.bundle().writeWith(loaded.model(), folder, SafeTensors.Type.F32, Heads.REWARD);
    }

    @Override
    public Memory remember() {
        try {
            CheckpointFolder.delete(scratch);
            Files.createDirectories(scratch);
            save(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the fork can't be prepared in %s: %s".formatted(scratch, e.getMessage()), e);
        }
        return new Memory() {
            @Override
            public void recall() {
                try {
                    load(scratch);
                } catch (IOException e) {
                    throw new UncheckedIOException(
                            "the trunk can't be recalled from %s: %s"
                                    .formatted(scratch, e.getMessage()),
                            e);
                }
            }

            @Override
            public void close() {
                try {
                    CheckpointFolder.delete(scratch);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            loaded.close();
        }
    }

    private EncodedPair encode(PreferencePair pair) {
        CandidatePair candidate = pair.getCandidate();
        return loaded.encoding()
                .encodePair(
                        candidate.getInstruction(),
                        candidate.getChosen().getText(),
                        candidate.getRejected().getText());
    }

    /**
     * A folder's model, if it can be trained as configured.
     *
     * @throws IllegalArgumentException if it can't, with the key
     */
    private static ModelBundle fitting(TrainerConfig config, Path folder) throws IOException {
        ModelBundle found = ModelBundle.open(folder);
        int longest = found.config().maxPositionEmbeddings();
        Integer context = config.model().context();
        if (context != null && context > longest) {
            throw new IllegalArgumentException(
                    "model.context=%,d exceeds the %,d of the model in %s"
                            .formatted(context, longest, folder));
        }
        requireHeads(config, found);
        return found;
    }

    private Loaded open(ModelBundle found) throws IOException {
        Integer context = config.model().context();
        // Nothing is written before tokenizer and weights are known to fit.
        CodeTokenizer tokenizer = found.tokenizer();
        DecoderModel model;
        ModelBundle bundle;
        try {
            model = withRewardHead(found);
            bundle = atHome(found);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
        return new Loaded(
                bundle,
                tokenizer,
                new PairEncoding(
                        tokenizer,
                        bundle.config().eosTokenId(),
                        context == null ? found.config().maxPositionEmbeddings() : context),
                model,
                model.trainingStep(
                        loss,
                        optimizer,
                        config.batch().recomputeLayers(),
                        devices.subList(1, devices.size())));
    }

    private Precision precision() {
        Precision given = config.model().precision();
        if (given != null) {
            return given;
        }
        return devices.get(0).isGpu() ? Precision.BF16 : Precision.F32;
    }

    private DecoderModel withRewardHead(ModelBundle found) throws IOException {
        if (found.config().heads().reward()) {
            return found.model(precision(), devices.get(0));
        }
        LOG.warn(
                "the model in {} has no reward head (architectures has a …ForCausalLM alone): one"
                        + " is drawn by seed={}, and means nothing before it is trained",
                found.folder(),
                config.seed());
        return found.modelWithNewRewardHead(precision(), devices.get(0), config.seed());
    }

    private static void requireHeads(TrainerConfig config, ModelBundle bundle) {
        ModelConfig model = bundle.config();
        if (config.loss().language() > 0 && !model.hasLanguageHead()) {
            throw new IllegalArgumentException(
                    "loss.language=%s, but the model in %s has no language head: expected …ForCausalLM among its architectures, tied embeddings, or loss.language=0"
                            .formatted(config.loss().language(), bundle.folder()));
        }
    }

    /** The bundle with its tokenizer where it stays: trunks and forks are deleted. */
    private ModelBundle atHome(ModelBundle bundle) throws IOException {
        Files.createDirectories(home);
        for (String name : ModelBundle.TEXT_FILES) {
            Path file = bundle.folder().resolve(name);
            if (Files.exists(file)) {
                Files.copy(file, home.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return new ModelBundle(home, bundle.config());
    }
}
