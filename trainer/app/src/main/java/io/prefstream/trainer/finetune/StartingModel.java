package io.prefstream.trainer.finetune;

import io.prefstream.model.DecoderModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What a tuning starts from: the given model, or one of the same configuration and tokenizer whose
 * weights are drawn, which is what "from scratch" is compared with.
 *
 * @param name as reports call it
 * @param folder the given model
 * @param drawn whether the weights are drawn, by the seed of each run
 */
record StartingModel(String name, Path folder, boolean drawn) {

    /**
     * The given model.
     *
     * @throws IllegalArgumentException if it is no model, or has no reward head
     * @throws IOException if its files don't fit together
     */
    static StartingModel given(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--model=" + folder + " is no folder");
        }
        ModelBundle bundle;
        try {
            bundle = ModelBundle.open(folder);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("--model=" + e.getMessage(), e);
        }
        if (!bundle.config().heads().reward()) {
            throw new IllegalArgumentException(
                    "--model=%s: expected architectures with …ForSequenceClassification in config.json, found none: it has no reward head"
                            .formatted(folder));
        }
        bundle.tokenizer().close();
        return new StartingModel("pre-trained", folder, false);
    }

    /** The untrained one beside it. */
    StartingModel fromScratch() {
        return new StartingModel("from scratch", folder, true);
    }

    /**
     * The folder that a run of this seed starts from.
     *
     * @param work where drawn weights may be written
     */
    Path at(Path work, long seed) throws IOException {
        if (!drawn) {
            return folder;
        }
        ModelBundle like = ModelBundle.open(folder);
        try (DecoderModel model = DecoderModel.initialize(like.config(), seed)) {
            like.writeWith(model, work, SafeTensors.Type.F32);
        }
        return work;
    }
}
