package io.prefstream.trainer.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.files.FileDigest;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.trainer.ModelLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a tuning starts from: the given model, another one that it is compared with, or one of the
 * same configuration and tokenizer whose weights are drawn, "from scratch".
 *
 * @param name as reports call it
 * @param output folder of what comes of it, below the output folder
 * @param given the folder or URI that it was given as
 * @param folder the given model's, where it was fetched to
 * @param drawn whether the weights are drawn, by the seed of each run
 */
record StartingModel(String name, String output, String given, Path folder, boolean drawn) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LINEAGE = "lineage.json";
    private static final String MANIFEST = "manifest.json";

    /** Folders that tunings write. */
    static final List<String> OUTPUTS = List.of("model", "base", "from-scratch");

    /**
     * The given model.
     *
     * @throws IllegalArgumentException if it is no model
     * @throws IOException if its files don't fit together
     */
    static StartingModel given(String given) throws IOException {
        return checked("pre-trained", "model", "--model", given);
    }

    /** The other model beside it; throws as {@link #given}. */
    static StartingModel base(String given) throws IOException {
        return checked("base", "base", "--compare-base", given);
    }

    private static StartingModel checked(String name, String output, String option, String given)
            throws IOException {
        Path folder = ModelLocation.folder(option, given);
        try {
            ModelBundle.open(folder).tokenizer().close();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + "=" + e.getMessage(), e);
        }
        return new StartingModel(name, output, given, folder, false);
    }

    /** The untrained one beside it. */
    StartingModel fromScratch() {
        return new StartingModel("from scratch", "from-scratch", given, folder, true);
    }

    /**
     * What says which model it is, wherever it lies: what was given, a release's id and the SHA-256
     * of its manifest, which lists its files' own.
     */
    ObjectNode origin() throws IOException {
        ObjectNode origin = JSON.createObjectNode();
        origin.put("given", given);
        Path lineage = folder.resolve(LINEAGE);
        JsonNode id =
                Files.isRegularFile(lineage)
                        ? JSON.readTree(lineage.toFile()).path("id")
                        : MissingNode.getInstance();
        origin.put("release", id.isTextual() ? id.textValue() : null);
        Path manifest = folder.resolve(MANIFEST);
        origin.put(
                "manifestSha256",
                Files.isRegularFile(manifest) ? FileDigest.sha256(List.of(manifest)) : null);
        return origin;
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
