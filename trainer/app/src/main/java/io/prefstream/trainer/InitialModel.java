package io.prefstream.trainer;

import io.prefstream.model.DecoderModel;
import io.prefstream.model.DemoModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The demo model with the configured sizes, untrained: what training starts from by default. */
final class InitialModel {

    private InitialModel() {}

    /**
     * Checks the configured sizes.
     *
     * @throws IllegalArgumentException if no model can have them
     */
    static void check(TrainerConfig config) throws IOException {
        sized(DemoModel.config(), config.model());
    }

    /** Writes it under the output folder. Returns its folder. */
    static Path write(TrainerConfig config) throws IOException {
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
