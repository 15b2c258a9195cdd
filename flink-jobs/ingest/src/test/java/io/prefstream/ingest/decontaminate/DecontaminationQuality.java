package io.prefstream.ingest.decontaminate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.ingest.testing.RealCode;
import io.prefstream.jobs.common.decontaminate.Contamination;
import io.prefstream.jobs.common.decontaminate.Fingerprints;
import io.prefstream.jobs.common.decontaminate.ShippedFingerprints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * How well the shipped fingerprints find HumanEval's solutions in real code, and how often they
 * find what isn't there.
 *
 * <p>Usage: {@code DecontaminationQuality HumanEval.jsonl.gz HOST.py JAR-OR-FOLDER…}: each solution
 * is planted in the Python file, which is then cut as the job does; then every function of the
 * archives and folders is looked at.
 */
final class DecontaminationQuality {

    /** How a solution is written into the file. */
    enum Plant {
        VERBATIM {
            @Override
            String write(String prompt, String solution) {
                return prompt + solution;
            }
        },
        REINDENTED {
            @Override
            String write(String prompt, String solution) {
                return "class Planted:\n"
                        + (prompt + solution)
                                .lines()
                                .map(
                                        line ->
                                                line.isBlank()
                                                        ? ""
                                                        : "\t" + line.replace("    ", "\t"))
                                .reduce("", (a, b) -> a + b + "\n");
            }
        },
        CHANGED_COMMENTS {
            @Override
            String write(String prompt, String solution) {
                String undocumented =
                        prompt.replaceAll("(?s)(\"\"\"|''').*?\\1", "\"\"\"Another text.\"\"\"");
                return undocumented
                        + solution.lines()
                                .map(line -> commentedBefore(line) + "\n")
                                .reduce("", String::concat);
            }

            /** Not where a line goes on from the one before it, nor a comment of its own. */
            private static String commentedBefore(String line) {
                return line.isBlank() || line.strip().startsWith("#")
                        ? ""
                        : line.replaceFirst("\\s+#.*$", "") + "  # this line was looked at";
            }
        },
        BODY_UNDER_ANOTHER_NAME {
            @Override
            String write(String prompt, String solution) {
                return "def another(some, arguments):\n" + solution;
            }
        };

        abstract String write(String prompt, String solution);
    }

    private final List<Fingerprints> sets;

    DecontaminationQuality(List<Fingerprints> sets) {
        this.sets = sets;
    }

    /** The items that functions of a file are found to be of. */
    List<String> items(String path, String text) {
        return RealCode.cut(path, text).stream()
                .flatMap(function -> find(function).stream())
                .map(Contamination::item)
                .toList();
    }

    Optional<Contamination> find(RealCode.Function function) {
        return sets.stream()
                .flatMap(
                        set ->
                                set
                                        .find(
                                                function.language().code(),
                                                function.source().text(),
                                                function.source().docComment())
                                        .stream())
                .findFirst();
    }

    public static void main(String[] args) throws IOException {
        DecontaminationQuality quality = new DecontaminationQuality(ShippedFingerprints.all());
        String host = Files.readString(Path.of(args[1]));
        for (Plant plant : Plant.values()) {
            int planted = 0;
            List<String> missed = new ArrayList<>();
            List<String> named = new ArrayList<>();
            for (JsonNode item : items(Path.of(args[0]))) {
                planted++;
                String text =
                        host
                                + "\n\n"
                                + plant.write(
                                        item.get("prompt").asText(),
                                        item.get("canonical_solution").asText())
                                + "\n";
                String id = item.get("task_id").asText();
                List<String> found = quality.items("planted.py", text);
                if (found.isEmpty()) {
                    missed.add(id);
                } else if (!found.contains(id)) {
                    named.add(id + " as " + found);
                }
            }
            System.out.printf(
                    "%s: %d of %d caught, missed %s, caught as another item %s%n",
                    plant, planted - missed.size(), planted, missed, named);
        }
        List<RealCode.Function> functions =
                RealCode.all(Arrays.stream(args).skip(2).map(Path::of).toList());
        long start = System.nanoTime();
        long chars = 0;
        Map<String, Integer> byPath = new TreeMap<>();
        for (RealCode.Function function : functions) {
            chars += function.source().text().length();
            quality.find(function)
                    .ifPresent(
                            found ->
                                    byPath.merge(
                                            "%s %s: %s"
                                                    .formatted(
                                                            function.path(),
                                                            function.source().name(),
                                                            found.inWords()),
                                            1,
                                            Integer::sum));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        int found = byPath.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "found in %,d of %,d functions (%.4f %%), %.1f MB of code a second%n",
                found, functions.size(), 100.0 * found / functions.size(), chars / seconds / 1e6);
        byPath.forEach((what, times) -> System.out.println("  " + times + " x " + what));
    }

    private static List<JsonNode> items(Path file) throws IOException {
        List<JsonNode> items = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            ObjectMapper mapper = new ObjectMapper();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                items.add(mapper.readTree(line));
            }
        }
        return items;
    }
}
