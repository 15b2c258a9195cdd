package io.prefstream.ingest.licence;

import io.prefstream.content.Fetched;
import io.prefstream.content.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The sources archives below a folder, as the fetcher hands them out. */
public final class PublishedJars {

    private PublishedJars() {}

    /** All {@code *-sources.jar} in a file or below a folder, by name. */
    public static List<Path> below(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith("-sources.jar")).sorted().toList();
        }
    }

    /** The files of an archive. */
    public static Fetched read(Path jar) throws IOException {
        List<SourceFile> files = new ArrayList<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                if (!entry.isDirectory()) {
                    files.add(
                            new SourceFile(
                                    entry.getName(), zip.getInputStream(entry).readAllBytes()));
                }
            }
        }
        return new Fetched(files, List.of());
    }
}
