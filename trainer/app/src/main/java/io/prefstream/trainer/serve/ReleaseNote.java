package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * What a model folder's {@code lineage.json} says of it, as far as who serves it wants to know.
 *
 * @param id of the release; the folder's name where there is none
 * @param marginScale what its margins are to be multiplied with to be log-odds, as its trainer
 *     found on its holdout; empty where there is none
 */
record ReleaseNote(String id, OptionalDouble marginScale) {
    private static final String FILE = "lineage.json";
    private static final String MARGIN_SCALE = "holdoutMarginScale";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a folder's; one without the file says nothing.
     *
     * @throws IOException if it can't be read, or the scale is no number from 0 up
     */
    static ReleaseNote read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        JsonNode lineage =
                Files.exists(file) ? JSON.readTree(file.toFile()) : MissingNode.getInstance();
        JsonNode scale = lineage.path(MARGIN_SCALE);
        boolean scaled = !scale.isMissingNode() && !scale.isNull();
        if (scaled && (!scale.isNumber() || !(scale.asDouble() >= 0))) {
            throw new IOException(
                    "%s: %s=%s must be a number from 0 up".formatted(file, MARGIN_SCALE, scale));
        }
        return new ReleaseNote(
                lineage.path("id").asText(String.valueOf(folder.getFileName())),
                scaled ? OptionalDouble.of(scale.asDouble()) : OptionalDouble.empty());
    }
}
