package io.prefstream.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * The versions of each record's schema that were ever released, as files under {@code
 * src/test/resources/versions/<record>/<n>.avsc}, each with the golden bytes it wrote.
 */
final class SchemaHistory {

    static final Path FOLDER = Path.of("src/test/resources/versions");

    record Version(int number, Schema schema, Path goldenBytes) {}

    private SchemaHistory() {}

    /** All released versions of a topic's record, oldest first. */
    static List<Version> of(Topic<?> topic) {
        List<Version> versions = new ArrayList<>();
        for (int number = 1; Files.exists(schemaFile(topic, number)); number++) {
            versions.add(
                    new Version(
                            number, parse(schemaFile(topic, number)), goldenFile(topic, number)));
        }
        return versions;
    }

    static Path schemaFile(Topic<?> topic, int number) {
        return FOLDER.resolve(topic.type().getSimpleName()).resolve(number + ".avsc");
    }

    static Path goldenFile(Topic<?> topic, int number) {
        return FOLDER.resolve(topic.type().getSimpleName()).resolve(number + ".bin");
    }

    /**
     * What stops {@code next} from following {@code history} under FULL_TRANSITIVE: it must read
     * what every released version wrote, and every released version must read what it writes.
     */
    static List<String> violations(List<Schema> history, Schema next) {
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < history.size(); i++) {
            Schema old = history.get(i);
            describe("the new schema cannot read version " + (i + 1), next, old, violations);
            describe("version " + (i + 1) + " cannot read the new schema", old, next, violations);
        }
        return violations;
    }

    private static void describe(
            String what, Schema reader, Schema writer, List<String> violations) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
        if (result.getCompatibility() != SchemaCompatibilityType.COMPATIBLE) {
            result.getIncompatibilities()
                    .forEach(
                            each ->
                                    violations.add(
                                            "%s: %s at %s (%s)"
                                                    .formatted(
                                                            what,
                                                            each.getType(),
                                                            each.getLocation(),
                                                            each.getMessage())));
        }
    }

    private static Schema parse(Path file) {
        try {
            return new Schema.Parser().parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
