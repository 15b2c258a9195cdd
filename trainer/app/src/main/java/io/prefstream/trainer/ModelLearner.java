package io.prefstream.trainer;

import io.prefstream.model.AdamW;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.DemoModel;
import io.prefstream.model.EncodedPair;
import io.prefstream.model.EncodedText;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.PairBatch;
import io.prefstream.model.PairEncoding;
import io.prefstream.model.PreferenceLoss;
import io.prefstream.model.TrainingStep;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of trainer/model with its optimizer.
 *
 * <p>What it remembers for a fork lies in a scratch folder, not in memory: twelve bytes per
 * parameter, written and read once per release.
 */
public final class ModelLearner implements Learner {

    private static final String OPTIMIZER = "optimizer.safetensors";

    private final TrainerConfig config;
    private final Path home;
    private final Path scratch;
    private final PreferenceLoss loss;
    private final AdamW optimizer;
    private Loaded loaded;

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

    private ModelLearner(TrainerConfig config, Path folder) throws IOException {
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
        this.loaded = open(folder);
    }

    /**
     * The configured model, or the demo model where none is configured.
     *
     * @throws IllegalArgumentException if the configuration can't be used, before anything is
     *     written
     */
    public static Learner create(TrainerConfig config) throws IOException {
        Path folder = config.model().path();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("model.path=" + folder + " is no folder");
        }
        return new ModelLearner(config, folder == null ? demo(config) : folder);
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
    public StepResult step(List<PreferencePair> batch, double learningRate) {
        List<EncodedPair> encoded = batch.stream().map(this::encode).toList();
        io.prefstream.model.StepResult result =
                loaded.training()
                        .run(
                                PairBatch.of(encoded, config.batch().tokensAtOnce()),
                                (float) learningRate);
        return new StepResult(
                result.loss(),
                result.reward(),
                result.language(),
                result.gradientNorm(),
                result.tokens());
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
    public void load(Path folder) throws IOException {
        Loaded before = loaded;
        Loaded after = open(folder);
        try {
            after.training().loadState(folder.resolve(OPTIMIZER));
        } catch (IOException | RuntimeException e) {
            after.close();
            throw e;
        }
        loaded = after;
        before.close();
    }

    @Override
    public void export(Path folder) throws IOException {
        loaded.bundle().writeWith(loaded.model(), folder, SafeTensors.Type.F32);
    }

    @Override
    public Memory remember() {
        try {
            CheckpointFolder.delete(scratch);
            Files.createDirectories(scratch);
            save(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException("the fork can't be prepared in " + scratch, e);
        }
        return new Memory() {
            @Override
            public void recall() {
                try {
                    load(scratch);
                } catch (IOException e) {
                    throw new UncheckedIOException("the trunk can't be recalled", e);
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
        loaded.close();
    }

    private EncodedPair encode(PreferencePair pair) {
        CandidatePair candidate = pair.getCandidate();
        return loaded.encoding()
                .encodePair(
                        candidate.getInstruction(),
                        candidate.getChosen().getText(),
                        candidate.getRejected().getText());
    }

    private Loaded open(Path folder) throws IOException {
        ModelBundle found = ModelBundle.open(folder);
        int longest = found.config().maxPositionEmbeddings();
        Integer context = config.model().context();
        if (context != null && context > longest) {
            throw new IllegalArgumentException(
                    "model.context=%,d exceeds the %,d of the model in %s"
                            .formatted(context, longest, folder));
        }
        ModelBundle bundle = atHome(found);
        CodeTokenizer tokenizer = bundle.tokenizer();
        DecoderModel model = found.model();
        return new Loaded(
                bundle,
                tokenizer,
                new PairEncoding(
                        tokenizer,
                        bundle.config().eosTokenId(),
                        context == null ? longest : context),
                model,
                model.trainingStep(loss, optimizer));
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

    /** The demo model with the configured sizes, untrained, under the output folder. */
    private static Path demo(TrainerConfig config) throws IOException {
        ModelConfig wanted = sized(DemoModel.config(), config.model());
        Path folder = config.out().resolve("initial");
        ModelBundle bundle = DemoModel.writeTo(folder, config.seed());
        if (!wanted.equals(bundle.config())) {
            try (DecoderModel model = DecoderModel.initialize(wanted, config.seed())) {
                bundle.writeWith(model, folder, SafeTensors.Type.F32);
            }
        }
        return folder;
    }

    private static ModelConfig sized(ModelConfig given, TrainerConfig.Model settings) {
        TrainerConfig.Demo sizes = settings.demo();
        try {
            return given.resized(
                    or(sizes.hidden(), given.hiddenSize()),
                    or(sizes.intermediate(), given.intermediateSize()),
                    or(sizes.layers(), given.layers()),
                    or(sizes.heads(), given.attentionHeads()),
                    or(sizes.keyValueHeads(), given.keyValueHeads()),
                    or(settings.context(), given.maxPositionEmbeddings()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("model.demo.*: " + e.getMessage(), e);
        }
    }

    private static int or(@Nullable Integer wanted, int given) {
        return wanted == null ? given : wanted;
    }
}
