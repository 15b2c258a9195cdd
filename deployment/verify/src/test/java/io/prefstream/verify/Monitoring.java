package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The metrics that the rules and the dashboard of {@code deployment/monitoring} name. */
final class Monitoring {

    private static final Path FOLDER = Path.of("..", "monitoring");
    private static final Pattern NAME = Pattern.compile("\\b(?:flink|prefstream)[_:][\\w:]+");
    private static final Pattern RECORDED = Pattern.compile("(?<=record: )\\S+");

    private Monitoring() {}

    /** All names that begin so, but for those that the rules themselves make. */
    static Set<String> names(String prefix) throws IOException {
        String rules = Files.readString(FOLDER.resolve("rules.yml"));
        String dashboard = Files.readString(FOLDER.resolve("dashboard.json"));
        Set<String> names = all(NAME, rules + dashboard);
        names.removeAll(all(RECORDED, rules));
        names.removeIf(name -> !name.startsWith(prefix));
        assertThat(names).as("metrics that begin with " + prefix).isNotEmpty();
        return names;
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> all = new TreeSet<>();
        pattern.matcher(text).results().forEach(match -> all.add(match.group()));
        return all;
    }
}
