package io.prefstream.ingest.licence;

import io.prefstream.content.Fetched;
import io.prefstream.content.SourceFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Prints which licence the Java files of sources archives get, and by which evidence.
 *
 * <p>Usage: {@code MeasureLicences JAR-OR-FOLDER…}
 */
final class MeasureLicences {

    private MeasureLicences() {}

    public static void main(String[] args) throws IOException {
        Map<String, Integer> all = new TreeMap<>();
        int files = 0;
        long nanos = 0;
        long bytes = 0;
        for (String arg : args) {
            for (Path jar : PublishedJars.below(Path.of(arg))) {
                Map<String, Integer> own = new TreeMap<>();
                Fetched fetched = PublishedJars.read(jar);
                long begun = System.nanoTime();
                NearbyLicences nearby = new NearbyLicences(fetched, null);
                for (SourceFile file : fetched.files()) {
                    if (!file.path().endsWith(".java")) {
                        continue;
                    }
                    files++;
                    bytes += file.bytes().length;
                    String text = new String(file.bytes(), StandardCharsets.UTF_8);
                    LicenceFinding finding =
                            LicenceText.inHeader(text).orElseGet(() -> nearby.of(file.path()));
                    String what =
                            finding == null
                                    ? "unknown"
                                    : finding.spdxId() + " by " + finding.evidence();
                    all.merge(what, 1, Integer::sum);
                    own.merge(what, 1, Integer::sum);
                }
                nanos += System.nanoTime() - begun;
                System.out.println(jar.getFileName() + " " + own);
            }
        }
        System.out.printf(
                "%d files, %.1f MB, %.1f MB/s%n", files, bytes / 1e6, bytes * 1e3 / nanos);
        all.forEach((what, count) -> System.out.println(count + "\t" + what));
    }
}
