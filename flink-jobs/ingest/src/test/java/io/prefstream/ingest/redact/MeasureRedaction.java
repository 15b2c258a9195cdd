package io.prefstream.ingest.redact;

import io.prefstream.content.SourceFile;
import io.prefstream.ingest.licence.PublishedJars;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Prints what redaction finds in published code, how often code stops parsing, and how fast it is
 * beside a plain pass over the same characters.
 *
 * <p>Usage: {@code MeasureRedaction SHOWN-FINDINGS-OF-A-KIND JAR-OR-FOLDER…}. What is shown is of
 * published code.
 */
final class MeasureRedaction {

    private MeasureRedaction() {}

    public static void main(String[] args) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            texts.addAll(loose(Path.of(args[i])));
            for (Path jar : PublishedJars.below(Path.of(args[i]))) {
                for (SourceFile file : PublishedJars.read(jar).files()) {
                    if (file.path().endsWith(".java")) {
                        texts.add(new String(file.bytes(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        Redactor redactor = RedactionRules.all().redactor();
        Map<String, Integer> kinds = new TreeMap<>();
        Map<String, List<String>> samples = new TreeMap<>();
        int broken = 0;
        for (String text : texts) {
            Redacted redacted = redactor.redact(text);
            redacted.kinds().forEach(kind -> kinds.merge(kind, 1, Integer::sum));
            if (!redacted.kinds().isEmpty()) {
                show(text, redacted, samples);
                broken += errors(text) < errors(redacted.text()) ? 1 : 0;
            }
        }
        System.out.printf("%,d files; broken by redaction: %d%n", texts.size(), broken);
        kinds.forEach(
                (kind, count) ->
                        System.out.printf(
                                "%-24s %6d  %.2f per 1,000 files%n",
                                kind, count, 1_000.0 * count / texts.size()));
        int most = Integer.parseInt(args[0]);
        samples.forEach(
                (kind, lines) -> {
                    int step = Math.max(1, lines.size() / Math.max(1, most));
                    for (int i = 0, n = 0; i < lines.size() && n < most; i += step, n++) {
                        System.out.println(kind + "\t" + lines.get(i));
                    }
                });
        speed(texts, redactor);
    }

    /** Source files that lie in a folder as they are. */
    private static List<String> loose(Path folder) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(Files::isRegularFile)
                            .filter(f -> f.toString().matches(".*\\.(py|js|ts|go|rs|c|h|cpp|hpp)"))
                            .sorted()
                            .toList()) {
                if (Files.size(file) < 1 << 20) {
                    texts.add(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    private static int errors(String text) {
        try (SyntaxTree tree = SyntaxTree.parse(Language.JAVA, text)) {
            return tree.hasErrors() ? 1 : 0;
        }
    }

    private static void show(String text, Redacted redacted, Map<String, List<String>> samples) {
        String[] before = text.split("\n", -1);
        String[] after = redacted.text().split("\n", -1);
        for (int i = 0; i < before.length && before.length == after.length; i++) {
            if (!before[i].equals(after[i])) {
                int kind = 0;
                String line = after[i];
                for (String each : redacted.kinds()) {
                    kind = Math.max(kind, line.indexOf("<" + each + ">"));
                }
                String name = line.substring(kind + 1, Math.max(kind + 1, line.indexOf('>', kind)));
                samples.computeIfAbsent(name, n -> new ArrayList<>()).add(before[i].strip());
            }
        }
    }

    private static void speed(List<String> texts, Redactor redactor) {
        long chars = texts.stream().mapToLong(String::length).sum();
        for (int round = 0; round < 5; round++) {
            long begun = System.nanoTime();
            long sum = 0;
            for (String text : texts) {
                for (int i = 0; i < text.length(); i++) {
                    sum += text.charAt(i);
                }
            }
            long plain = System.nanoTime() - begun;
            begun = System.nanoTime();
            for (String text : texts) {
                sum += redactor.redact(text).kinds().size();
            }
            long redacting = System.nanoTime() - begun;
            System.out.printf(
                    "%.1f MB: plain pass %.0f MB/s, redaction %.0f MB/s (%d)%n",
                    chars / 1e6, chars * 1e3 / plain, chars * 1e3 / redacting, sum % 10);
        }
    }
}
