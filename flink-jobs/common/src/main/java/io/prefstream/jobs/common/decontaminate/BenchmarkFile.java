package io.prefstream.jobs.common.decontaminate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * A benchmark as it is published: one JSON object to a line, gzipped if the name says so.
 *
 * @param path the file
 * @param fields fields whose text is taken, in this order; none for all that are strings
 */
public record BenchmarkFile(Path path, List<String> fields) {

    /** Fewer words in a row are in everything. */
    public static final int MIN_NGRAM = 5;

    private static final Pattern SPEC = Pattern.compile("(.+?)(?::([\\w.-]+(?:\\+[\\w.-]+)*))?");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Fields that name an item, the first that there is; else it is the line number. */
    private static final List<String> ID_FIELDS = List.of("task_id", "id", "name");

    /** Reads {@code PATH} or {@code PATH:FIELD+FIELD}. */
    public static BenchmarkFile parse(String spec) {
        Matcher matcher = SPEC.matcher(spec.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'%s' is not PATH[:FIELD+FIELD]".formatted(spec));
        }
        String fields = matcher.group(2);
        return new BenchmarkFile(
                Path.of(matcher.group(1)),
                fields == null ? List.of() : Arrays.asList(fields.split("\\+")));
    }

    /** The file's name without its endings. */
    public String name() {
        return path.getFileName().toString().replaceFirst("\\.jsonl(\\.gz)?$", "");
    }

    /**
     * Takes the fingerprints of every line.
     *
     * @throws IOException if it can't be read or isn't what it should be, naming file and line
     */
    public Fingerprints fingerprints(String name, int ngram) throws IOException {
        FingerprintsBuilder builder = new FingerprintsBuilder(name, ngram);
        try (BufferedReader lines = open()) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    JsonNode item = parse(line, number);
                    builder.add(id(item, name, number), texts(item, number));
                }
            }
        }
        return builder.build();
    }

    private InputStream bytes() throws IOException {
        if (!Files.isReadable(path)) {
            throw new IOException("it is no file that can be read");
        }
        return new BufferedInputStream(Files.newInputStream(path));
    }

    private BufferedReader open() throws IOException {
        InputStream bytes = bytes();
        if (path.toString().endsWith(".gz")) {
            bytes = new GZIPInputStream(bytes);
        }
        return new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    }

    private JsonNode parse(String line, int number) throws IOException {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s, line %d is not JSON: %s".formatted(path, number, e.getOriginalMessage()),
                    e);
        }
    }

    /**
     * The fingerprints of the file, or those that it holds where its name ends in {@code
     * .fingerprints}.
     *
     * @param ngram words of a run, for a file that isn't fingerprinted yet
     */
    public Fingerprints read(int ngram) throws IOException {
        if (!path.toString().endsWith(".fingerprints")) {
            return fingerprints(name(), ngram);
        }
        try (InputStream bytes = bytes()) {
            return FingerprintFormat.read(bytes);
        }
    }

    private static String id(JsonNode item, String name, int number) {
        return ID_FIELDS.stream()
                .filter(item::hasNonNull)
                .map(field -> item.get(field).asText())
                .findFirst()
                .orElse(name + "/" + number);
    }

    private List<String> texts(JsonNode item, int number) throws IOException {
        List<String> texts = new ArrayList<>();
        if (fields.isEmpty()) {
            item.forEach(
                    value -> {
                        if (value.isTextual()) {
                            texts.add(value.asText());
                        }
                    });
        }
        for (String field : fields) {
            JsonNode value = item.get(field);
            if (value == null || !value.isTextual()) {
                throw new IOException(
                        "%s, line %d has no text field '%s'".formatted(path, number, field));
            }
            texts.add(value.asText());
        }
        return texts;
    }
}
