package io.prefstream.trainer.pretrain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Java files of archives and folders, one archive or folder after another. Left out are files over
 * {@value #MAX_BYTES} bytes, files seen before (by their bytes), and what says itself that it was
 * generated.
 */
final class SourceTexts {
    static final int MAX_BYTES = 200_000;

    private final Set<Long> seen = new HashSet<>();

    /** Takes one file's text. */
    interface Sink {
        void accept(String text);
    }

    /** Archives and folders right below {@code folder}, by name: what training is split by. */
    static List<Path> artifacts(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(c -> Files.isDirectory(c) || archive(c)).sorted().toList();
        }
    }

    void read(Path artifact, Sink sink) throws IOException {
        if (Files.isDirectory(artifact)) {
            try (Stream<Path> files = Files.walk(artifact)) {
                for (Path file : files.filter(f -> java(f.toString())).sorted().toList()) {
                    if (Files.size(file) <= MAX_BYTES) {
                        pass(Files.readAllBytes(file), sink);
                    }
                }
            }
            return;
        }
        try (ZipFile zip = new ZipFile(artifact.toFile())) {
            for (ZipEntry entry :
                    zip.stream()
                            .filter(e -> !e.isDirectory() && java(e.getName()))
                            .sorted((a, b) -> a.getName().compareTo(b.getName()))
                            .toList()) {
                byte[] bytes = zip.getInputStream(entry).readNBytes(MAX_BYTES + 1);
                if (bytes.length <= MAX_BYTES) {
                    pass(bytes, sink);
                }
            }
        }
    }

    private void pass(byte[] bytes, Sink sink) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        if (!seen.add(checksum.getValue() << 24 | bytes.length)) {
            return;
        }
        String text = withoutLicence(new String(bytes, StandardCharsets.UTF_8));
        String head = text.substring(0, Math.min(2_000, text.length()));
        if (!head.contains("@Generated") && !head.contains("DO NOT EDIT") && !text.isBlank()) {
            sink.accept(text);
        }
    }

    /** Without the comment before the package: the same words in every file teach nothing. */
    private static String withoutLicence(String text) {
        int start = text.startsWith("\ufeff") ? 1 : 0;
        String code = text.substring(start).replace("\r\n", "\n");
        int at = code.indexOf("\npackage ");
        return at > 0 && at < 5_000 ? code.substring(at + 1) : code;
    }

    private static boolean java(String name) {
        return name.endsWith(".java") && !name.endsWith("package-info.java");
    }

    private static boolean archive(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") || name.endsWith(".zip");
    }
}
