package io.prefstream.content;

import java.io.Serializable;
import java.time.Duration;

/**
 * How much of one publication is read.
 *
 * @param maxFileBytes larger files are skipped
 * @param maxTotalBytes files beyond this sum are skipped; also bounds what is ever inflated
 * @param maxFiles files beyond this count are skipped; a publication of more than {@value
 *     #ENTRIES_PER_FILE} times as many entries fails as a whole
 * @param timeout a fetch that takes longer fails
 */
public record ContentLimits(long maxFileBytes, long maxTotalBytes, int maxFiles, Duration timeout)
        implements Serializable {

    static final int ENTRIES_PER_FILE = 10;

    /** 1 MiB a file, 256 MiB and 20,000 files a publication, five minutes. */
    public static final ContentLimits DEFAULTS =
            new ContentLimits(1L << 20, 256L << 20, 20_000, Duration.ofMinutes(5));

    public ContentLimits {
        if (maxFileBytes < 1 || maxFileBytes > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(
                    "maxFileBytes must be from 1 to %,d, got %,d"
                            .formatted(Integer.MAX_VALUE - 16, maxFileBytes));
        }
        if (maxTotalBytes < maxFileBytes) {
            throw new IllegalArgumentException(
                    "maxTotalBytes must be at least maxFileBytes=%,d, got %,d"
                            .formatted(maxFileBytes, maxTotalBytes));
        }
        if (maxFiles < 1) {
            throw new IllegalArgumentException("maxFiles must be at least 1, got " + maxFiles);
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be positive, got " + timeout);
        }
    }

    long maxEntries() {
        return (long) maxFiles * ENTRIES_PER_FILE;
    }
}
