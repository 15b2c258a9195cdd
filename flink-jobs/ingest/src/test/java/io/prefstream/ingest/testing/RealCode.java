package io.prefstream.ingest.testing;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Functions of real code, cut as the job cuts them. */
public final class RealCode {

    /** The project's own sources, which every checkout has. */
    public static final Path OWN_SOURCES = Path.of("../..");

    /** A function and where it is from. */
    public record Function(String path, Language language, CodePart source) {

        boolean isWithinLimits() {
            String text = source.text();
            return text.lines().filter(line -> !line.isBlank()).count() >= MIN_LINES
                    && text.length() <= MAX_CHARS;
        }
    }

    private static final int MIN_LINES = 3;
    private static final int MAX_CHARS = 8_192;

    private final List<Function> functions = new ArrayList<>();

    /** All functions of files, folders and archives of sources, repeated and tiny ones included. */
    public static List<Function> all(List<Path> places) throws IOException {
        RealCode code = new RealCode();
        for (Path place : places) {
            code.read(place);
        }
        return code.functions;
    }

    /** The distinct texts among them that are within the job's default limits. */
    public static List<String> distinct(List<Path> places) throws IOException {
        return all(places).stream()
                .filter(Function::isWithinLimits)
                .map(function -> function.source().text())
                .distinct()
                .toList();
    }

    /** The functions of one text. */
    public static List<Function> cut(String path, String text) {
        Optional<Language> language = Language.ofPath(path);
        if (language.isEmpty()) {
            return List.of();
        }
        try (SyntaxTree tree = SyntaxTree.parse(language.get(), text)) {
            return tree.hasErrors()
                    ? List.of()
                    : CodeSplitter.functions(tree).stream()
                            .map(source -> new Function(path, language.get(), source))
                            .toList();
        }
    }

    private void read(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            try (Stream<Path> files = Files.walk(place)) {
                for (Path file : files.sorted().toList()) {
                    if (Files.isRegularFile(file) && !file.toString().contains("/target/")) {
                        read(file);
                    }
                }
            }
        } else if (place.toString().endsWith("-sources.jar")) {
            try (ZipFile jar = new ZipFile(place.toFile())) {
                jar.stream()
                        .forEach(entry -> functions.addAll(cut(entry.getName(), text(jar, entry))));
            }
        } else if (Language.ofPath(place.toString()).isPresent()) {
            functions.addAll(
                    cut(place.toString(), Files.readString(place, StandardCharsets.ISO_8859_1)));
        }
    }

    private static String text(ZipFile jar, ZipEntry entry) {
        try {
            return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
