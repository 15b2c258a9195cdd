package io.prefstream.content;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The entries of a zip archive, read one at a time by its directory; one that is too large by that
 * directory is not inflated at all.
 */
final class ZipEntries {

    private ZipEntries() {}

    static void collect(Path archive, FileCollector collector) throws IOException, FetchException {
        try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                if (entry.isDirectory()) {
                    continue;
                }
                String path = entry.getName();
                if (entry.isUnixSymlink()) {
                    collector.skip(path, entry.getSize(), FileProblem.SYMLINK, "a symbolic link");
                } else if (!zip.canReadEntryData(entry)) {
                    collector.skip(
                            path,
                            entry.getSize(),
                            FileProblem.UNREADABLE,
                            entry.getGeneralPurposeBit().usesEncryption()
                                    ? "encrypted"
                                    : "unknown compression method " + entry.getMethod());
                } else {
                    collector.add(
                            path, entry.getSize(), entry.getCrc(), () -> zip.getInputStream(entry));
                }
            }
        }
    }
}
