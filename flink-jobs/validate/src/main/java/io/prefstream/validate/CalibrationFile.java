package io.prefstream.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.jobs.common.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the confidence of labels was fitted to, as a JSON file: {@code priors} by strategy, {@code
 * otherPrior}, {@code testedPrior}, {@code marginWeight} and {@code judgeAccuracy}, all of them.
 */
final class CalibrationFile {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> KEYS =
            Set.of("priors", "otherPrior", "testedPrior", "marginWeight", "judgeAccuracy");

    private CalibrationFile() {}

    /**
     * Reads a file.
     *
     * @throws UsageException naming the option, the file and what is wrong with it
     */
    static LabelConfidence read(String option, String file) {
        try {
            JsonNode root = JSON.readTree(Files.readString(Path.of(file)));
            for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!KEYS.contains(name)) {
                    throw new IllegalArgumentException("unknown key '" + name + "'");
                }
            }
            Map<String, Double> priors = new TreeMap<>();
            root.path("priors")
                    .fields()
                    .forEachRemaining(
                            prior ->
                                    priors.put(
                                            prior.getKey(),
                                            number("priors." + prior.getKey(), prior.getValue())));
            return new LabelConfidence(
                    priors,
                    number("otherPrior", root.path("otherPrior")),
                    number("testedPrior", root.path("testedPrior")),
                    number("marginWeight", root.path("marginWeight")),
                    number("judgeAccuracy", root.path("judgeAccuracy")));
        } catch (IOException | IllegalArgumentException e) {
            String why = e instanceof NoSuchFileException ? "no such file" : firstLine(e);
            throw new UsageException("option --%s=%s: %s".formatted(option, file, why));
        }
    }

    /** Writes what {@link #read} reads. */
    static void write(LabelConfidence confidence, Path file) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode priors = root.putObject("priors");
        new TreeMap<>(confidence.priors()).forEach(priors::put);
        root.put("otherPrior", confidence.otherPrior());
        root.put("testedPrior", confidence.testedPrior());
        root.put("marginWeight", confidence.marginWeight());
        root.put("judgeAccuracy", confidence.judgeAccuracy());
        JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    }

    private static double number(String key, JsonNode value) {
        if (!value.isNumber()) {
            throw new IllegalArgumentException(
                    value.isMissingNode()
                            ? "no number " + key
                            : key + " is " + value + " and no number");
        }
        return value.asDouble();
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
