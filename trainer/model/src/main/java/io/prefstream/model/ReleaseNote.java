package io.prefstream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;

/**
 * What a model folder's {@code lineage.json} says of it, as far as who loads it wants to know.
 *
 * @param id of the release; the folder's name where there is none
 * @param marginScale what its margins are to be multiplied with to be log-odds, as its trainer
 *     found on its holdout; empty where there is none
 */
public record ReleaseNote(String id, OptionalDouble marginScale) {
    public static final String FILE = "lineage.json";
    private static final String MARGIN_SCALE = "holdoutMarginScale";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a folder's; one without the file says nothing.
     *
     * @throws IOException if it can't be read, or the scale is no number from 0 up
     */
    public static ReleaseNote read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        JsonNode lineage;
        try {
            lineage = Files.exists(file) ? JSON.readTree(file.toFile()) : MissingNode.getInstance();
        } catch (IOException e) {
            throw new IOException("file %s cannot be read: %s".formatted(FILE, e), e);
        }
        JsonNode scale = lineage.path(MARGIN_SCALE);
        boolean scaled = !scale.isMissingNode() && !scale.isNull();
        if (scaled && (!scale.isNumber() || !(scale.asDouble() >= 0))) {
            throw new IOException(
                    "%s of %s is %s and no number from 0 up".formatted(MARGIN_SCALE, FILE, scale));
        }
        return new ReleaseNote(
                lineage.path("id").asText(String.valueOf(folder.getFileName())),
                scaled ? OptionalDouble.of(scale.asDouble()) : OptionalDouble.empty());
    }
}
