package io.prefstream.feeds;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * When an archive was made: the latest date of its entries, read as UTC. A function of its bytes,
 * so that every run and machine gives a version the same event time; the dates of files, headers
 * and metadata change with mirrors and later releases. Zip dates have no zone, hence may be off by
 * hours; archives whose dates were all wiped (1980, the earliest that zip knows) give the epoch.
 */
final class ArchiveDate {

    private static final LocalDateTime WIPED = LocalDateTime.of(1981, 1, 1, 0, 0);

    private ArchiveDate() {}

    static Instant of(Path archive) {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            LocalDateTime latest = LocalDateTime.MIN;
            for (ZipEntry entry : Collections.list(zip.entries())) {
                LocalDateTime made = entry.getTimeLocal();
                if (made != null && made.isAfter(latest)) {
                    latest = made;
                }
            }
            return latest.isBefore(WIPED) ? Instant.EPOCH : latest.toInstant(ZoneOffset.UTC);
        } catch (IOException e) {
            return Instant.EPOCH; // damaged: whoever reads it will say so
        }
    }
}
