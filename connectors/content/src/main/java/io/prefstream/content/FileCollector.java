package io.prefstream.content;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.eclipse.jgit.lib.ObjectLoader;
import org.jspecify.annotations.Nullable;

/**
 * Takes the entries of one publication and keeps the books: each becomes a file or a skipped file.
 *
 * <p>Sizes that an archive declares are only a first hint; what counts is the bytes that come. At
 * most {@code maxFileBytes + 1} bytes of an entry are read and {@code maxTotalBytes} over all of
 * them, skipped ones included, so that a bomb costs no more than honest content.
 */
final class FileCollector {

    /** Opens an entry's content. */
    interface Content {
        InputStream open() throws IOException;
    }

    /** Opens an object of a git store. */
    interface StoredObject {
        ObjectLoader open() throws IOException;
    }

    private static final long NO_CRC = -1;

    /** Longer names are none that people give; PATH_MAX of most systems is four times that. */
    private static final int MAX_PATH_CHARS = 1_024;

    private final ContentLimits limits;
    private final Deadline deadline;
    private final List<SourceFile> files = new ArrayList<>();
    private final List<SkippedFile> skipped = new ArrayList<>();
    private final Set<String> paths = new HashSet<>();
    private long bytesRead;

    FileCollector(ContentLimits limits, Deadline deadline) {
        this.limits = limits;
        this.deadline = deadline;
    }

    Fetched result() {
        return new Fetched(files, skipped);
    }

    /** The result with the one folder taken off that all entries are in, if there is one. */
    Fetched resultWithoutTopFolder() {
        Set<String> tops = new HashSet<>();
        files.forEach(file -> tops.add(topFolder(file.path())));
        skipped.forEach(file -> tops.add(topFolder(file.path())));
        if (tops.size() != 1 || tops.contains("")) {
            return result();
        }
        int top = tops.iterator().next().length();
        return new Fetched(
                files.stream()
                        .map(file -> new SourceFile(file.path().substring(top), file.bytes()))
                        .toList(),
                skipped.stream()
                        .map(
                                file ->
                                        new SkippedFile(
                                                file.path().substring(top),
                                                file.bytes(),
                                                file.reason(),
                                                file.detail()))
                        .toList());
    }

    /** The first folder with its slash; empty where there is none. */
    private static String topFolder(String path) {
        return path.substring(0, path.indexOf('/') + 1);
    }

    void checkDeadline() throws FetchException {
        deadline.check();
    }

    void skip(String path, long bytes, FileProblem reason, String detail) throws FetchException {
        countEntry();
        skipped.add(new SkippedFile(nameable(path), bytes, reason, detail));
    }

    void add(String path, long declaredBytes, Content content) throws FetchException {
        add(path, declaredBytes, NO_CRC, content);
    }

    /**
     * Reads an entry if its name and size allow.
     *
     * @param declaredBytes size by the archive's directory, -1 if unknown
     * @param crc its CRC-32 by the archive's directory, -1 if unknown
     */
    void add(String path, long declaredBytes, long crc, Content content) throws FetchException {
        deadline.check();
        String unsafe = unsafeBecause(path);
        if (unsafe != null) {
            skip(path, declaredBytes, FileProblem.UNSAFE_PATH, unsafe);
        } else if (!paths.add(path)) {
            skip(path, declaredBytes, FileProblem.DUPLICATE_PATH, "a second entry of this name");
        } else if (declaredBytes > limits.maxFileBytes()) {
            skipTooLarge(path, declaredBytes);
        } else if (files.size() >= limits.maxFiles()) {
            skip(
                    path,
                    declaredBytes,
                    FileProblem.TOO_MANY_FILES,
                    "beyond maxFiles=%,d".formatted(limits.maxFiles()));
        } else if (bytesRead + Math.max(declaredBytes, 1) > limits.maxTotalBytes()) {
            skip(
                    path,
                    declaredBytes,
                    FileProblem.OVER_TOTAL,
                    "%,d bytes after %,d exceed maxTotalBytes=%,d"
                            .formatted(declaredBytes, bytesRead, limits.maxTotalBytes()));
        } else {
            read(path, declaredBytes, crc, content);
        }
    }

    /**
     * Reads an object that is no entry but belongs to one, within the same limits.
     *
     * @return empty where it exceeds a limit or can't be read
     */
    Optional<byte[]> beside(StoredObject object) throws FetchException {
        deadline.check();
        try {
            ObjectLoader content = object.open();
            long bytes = content.getSize();
            if (bytes > limits.maxFileBytes() || bytesRead + bytes > limits.maxTotalBytes()) {
                return Optional.empty();
            }
            bytesRead += bytes;
            return Optional.of(content.getBytes((int) limits.maxFileBytes()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void read(String path, long declaredBytes, long crc, Content content)
            throws FetchException {
        int most = (int) Math.min(limits.maxFileBytes(), limits.maxTotalBytes() - bytesRead);
        byte[] bytes;
        try (InputStream in = content.open()) {
            bytes = in.readNBytes(most + 1);
        } catch (ArchiveStoppedException e) {
            throw e.reason();
        } catch (IOException | RuntimeException e) {
            // Decoders of hostile input throw unchecked exceptions too.
            skip(path, declaredBytes, FileProblem.UNREADABLE, OneLine.of(e));
            return;
        }
        bytesRead += Math.min(bytes.length, most);
        if (bytes.length > limits.maxFileBytes()) {
            skipTooLarge(path, bytes.length);
        } else if (bytes.length > most) {
            skip(
                    path,
                    bytes.length,
                    FileProblem.OVER_TOTAL,
                    "exceeds maxTotalBytes=%,d".formatted(limits.maxTotalBytes()));
        } else if (crc != NO_CRC && crc != crcOf(bytes)) {
            skip(path, bytes.length, FileProblem.UNREADABLE, "its checksum does not match");
        } else {
            countEntry();
            files.add(new SourceFile(path, bytes));
        }
    }

    private void skipTooLarge(String path, long bytes) throws FetchException {
        skip(
                path,
                bytes,
                FileProblem.TOO_LARGE,
                "%,d bytes exceed maxFileBytes=%,d".formatted(bytes, limits.maxFileBytes()));
    }

    private void countEntry() throws FetchException {
        if (files.size() + skipped.size() >= limits.maxEntries()) {
            throw new FetchException(
                    FetchFailure.TOO_LARGE,
                    "more than %,d entries, %d times maxFiles=%,d"
                            .formatted(
                                    limits.maxEntries(),
                                    ContentLimits.ENTRIES_PER_FILE,
                                    limits.maxFiles()));
        }
    }

    private static long crcOf(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** A name that fits into records, and is still one of its own. */
    private static String nameable(String path) {
        String visible = path.replaceAll("\\p{Cntrl}", "\uFFFD");
        return visible.length() <= MAX_PATH_CHARS
                ? visible
                : visible.substring(0, MAX_PATH_CHARS / 4)
                        + "…"
                        + Integer.toHexString(path.hashCode());
    }

    private static @Nullable String unsafeBecause(String path) {
        if (path.isEmpty() || path.chars().anyMatch(Character::isISOControl)) {
            return "no usable name";
        }
        if (path.length() > MAX_PATH_CHARS) {
            return "a name of %,d characters".formatted(path.length());
        }
        if (path.startsWith("/") || path.matches("^[A-Za-z]:.*")) {
            return "an absolute path";
        }
        if (path.indexOf('\\') >= 0) {
            return "a backslash in the path";
        }
        for (String part : path.split("/", -1)) {
            if (part.equals("..") || part.equals(".") || part.isEmpty()) {
                return "a path with the segment '" + part + "'";
            }
        }
        return null;
    }
}
