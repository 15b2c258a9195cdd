package io.prefstream.content;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The entries of a gzipped tar archive, in its order.
 *
 * <p>A tar has no directory, so what is skipped is inflated too: at most {@value
 * #INFLATED_PER_CONTENT} times the bytes that may be taken, then the archive fails as a whole. The
 * headers of one entry may take {@value #MAX_HEADER_BYTES} bytes, since they are held in memory.
 */
final class TarEntries {

    static final int INFLATED_PER_CONTENT = 8;
    static final int MAX_HEADER_BYTES = 1 << 20;

    private static final String GZIPPED = "the archive is no gzipped tar: ";

    private TarEntries() {}

    static void collect(Path archive, ContentLimits limits, FileCollector collector)
            throws IOException, FetchException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                Inflated inflated =
                        new Inflated(
                                GzipCompressorInputStream.builder()
                                        .setInputStream(file)
                                        .setDecompressConcatenated(true)
                                        .get(),
                                limits.maxTotalBytes() * INFLATED_PER_CONTENT,
                                collector);
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(inflated, StandardCharsets.UTF_8.name())) {
            while (true) {
                inflated.expectHeaders();
                TarArchiveEntry entry = tar.getNextEntry();
                inflated.expectContent();
                if (entry == null) {
                    return;
                }
                collect(tar, entry, collector);
                tar.transferTo(OutputStream.nullOutputStream());
            }
        } catch (ArchiveStoppedException e) {
            throw e.reason();
        } catch (IllegalArgumentException e) {
            throw new IOException(GZIPPED + e.getMessage(), e);
        }
    }

    private static void collect(
            TarArchiveInputStream tar, TarArchiveEntry entry, FileCollector collector)
            throws FetchException {
        String path = entry.getName();
        long bytes = entry.getSize();
        if (entry.isDirectory()) {
            return;
        }
        if (entry.isSymbolicLink()) {
            collector.skip(path, bytes, FileProblem.SYMLINK, "a symbolic link");
        } else if (entry.isLink()) {
            collector.skip(path, bytes, FileProblem.HARD_LINK, "a link to another entry");
        } else if (!entry.isFile() || entry.isCharacterDevice() || entry.isBlockDevice()) {
            collector.skip(path, bytes, FileProblem.SPECIAL, "neither file nor folder");
        } else if (entry.isFIFO()) {
            collector.skip(path, bytes, FileProblem.SPECIAL, "a pipe");
        } else if (!tar.canReadEntryData(entry)) {
            collector.skip(path, bytes, FileProblem.UNREADABLE, "of an unknown form");
        } else {
            // The collector closes what it reads; the archive goes on.
            collector.add(path, bytes, () -> new Shared(tar));
        }
    }

    /** Does not close what it reads from. */
    private static final class Shared extends FilterInputStream {
        Shared(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }

    /** Counts what is inflated, and what of it is headers. */
    private static final class Inflated extends FilterInputStream {
        private final long most;
        private final FileCollector collector;
        private long bytes;
        private long headersUntil = Long.MAX_VALUE;

        Inflated(InputStream in, long most, FileCollector collector) {
            super(in);
            this.most = most;
            this.collector = collector;
        }

        void expectHeaders() {
            headersUntil = bytes + MAX_HEADER_BYTES;
        }

        void expectContent() {
            headersUntil = Long.MAX_VALUE;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            if (read > 0) {
                bytes += read;
                check();
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] dropped = new byte[(int) Math.min(count, 8_192)];
            return Math.max(0, read(dropped, 0, dropped.length));
        }

        @Override
        public boolean markSupported() {
            return false;
        }

        private void check() throws ArchiveStoppedException {
            if (bytes > headersUntil) {
                throw new ArchiveStoppedException(
                        new FetchException(
                                FetchFailure.UNREADABLE,
                                "an entry's headers exceed %,d bytes".formatted(MAX_HEADER_BYTES)));
            }
            if (bytes > most) {
                throw new ArchiveStoppedException(
                        new FetchException(
                                FetchFailure.TOO_LARGE,
                                "inflates to more than %,d bytes, %d times maxTotalBytes"
                                        .formatted(most, INFLATED_PER_CONTENT)));
            }
            try {
                collector.checkDeadline();
            } catch (FetchException e) {
                throw new ArchiveStoppedException(e);
            }
        }
    }
}
