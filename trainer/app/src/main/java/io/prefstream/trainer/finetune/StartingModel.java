package io.prefstream.trainer.finetune;

import io.prefstream.model.DecoderModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a tuning starts from: the given model, another one that it is compared with, or one of the
 * same configuration and tokenizer whose weights are drawn, "from scratch".
 *
 * @param name as reports call it
 * @param output folder of what comes of it, below the output folder
 * @param folder the given model
 * @param drawn whether the weights are drawn, by the seed of each run
 */
record StartingModel(String name, String output, Path folder, boolean drawn) {

    /** Folders that tunings write. */
    static final List<String> OUTPUTS = List.of("model", "base", "from-scratch");

    /**
     * The given model.
     *
     * @throws IllegalArgumentException if it is no model
     * @throws IOException if its files don't fit together
     */
    static StartingModel given(Path folder) throws IOException {
        return checked("pre-trained", "model", "--model", folder);
    }

    /** The other model beside it; throws as {@link #given}. */
    static StartingModel base(Path folder) throws IOException {
        return checked("base", "base", "--compare-base", folder);
    }

    private static StartingModel checked(String name, String output, String option, Path folder)
            throws IOException {
        try {
            ModelBundle.open(folder).tokenizer().close();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + "=" + e.getMessage(), e);
        }
        return new StartingModel(name, output, folder, false);
    }

    /** The untrained one beside it. */
    StartingModel fromScratch() {
        return new StartingModel("from scratch", "from-scratch", folder, true);
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
