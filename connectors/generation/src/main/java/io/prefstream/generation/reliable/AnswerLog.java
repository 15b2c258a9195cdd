package io.prefstream.generation.reliable;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on disk by what they are a function of, so that a restart reads them instead of paying
 * for them again.
 *
 * <p>A folder of segments. Every process appends to a segment of its own and reads those of all, so
 * processes share the folder without locks. A record is its length and CRC-32C (4 bytes each, big
 * endian), the key (32 bytes) and the answer; a segment begins with {@value #MAGIC}. What a killed
 * process had written is kept, as the operating system has it; a machine that loses power may lose
 * the last seconds. A torn or damaged record ends its segment: what follows is asked again.
 *
 * <p>The oldest segments are deleted when the folder outgrows its limit, by whichever process
 * notices and whosever they are; a process whose segment is gone goes on in another. In memory:
 * some 150 bytes for each answer. Answers with log-probabilities of their tokens are not kept. Safe
 * for many threads.
 */
public final class AnswerLog implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerLog.class);
    private static final String MAGIC = "PFAL0001";
    private static final int HEADER = MAGIC.length();
    private static final int FRAME = 8;
    private static final int KEY = 32;
    private static final String SUFFIX = ".answers";
    private static final int MOST_RECORD = 1 << 26;
    private static final long SEGMENT = 1L << 26;
    private static final long GONE = Long.MIN_VALUE;

    private final Path folder;
    private final long maxBytes;
    private final long segmentBytes;
    private final Map<Key, Place> places = new HashMap<>();
    private final Map<Path, Segment> segments = new HashMap<>();
    private @Nullable Segment own;
    private int begun;
    private boolean closed;

    private record Key(long a, long b, long c, long d) {
        static Key of(String hex) {
            return of(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
        }

        static Key of(ByteBuffer bytes) {
            return new Key(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
        }

        void write(ByteBuffer to) {
            to.putLong(a).putLong(b).putLong(c).putLong(d);
        }
    }

    private record Place(Segment segment, long offset, int length) {}

    private static final class Segment {
        final Path file;
        final FileChannel channel;

        /** Up to here it was read or written. */
        long end;

        /**
         * When it was last written, in milliseconds; {@link #GONE} if another process deleted it.
         */
        long modified;

        Segment(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }
    }

    private AnswerLog(Path folder, long maxBytes, long segmentBytes) {
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Opens the folder, which is made if it isn't there, and reads what it holds.
     *
     * @param maxBytes of all segments; the oldest go first
     */
    public static AnswerLog open(Path folder, long maxBytes) throws IOException {
        return open(folder, maxBytes, Math.min(SEGMENT, Math.max(1, maxBytes / 4)));
    }

    static AnswerLog open(Path folder, long maxBytes, long segmentBytes) throws IOException {
        Files.createDirectories(folder);
        AnswerLog log = new AnswerLog(folder, maxBytes, segmentBytes);
        log.refresh();
        return log;
    }

    /** Reads what other processes have written since. */
    public synchronized void refresh() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
        for (Path file : files) {
            Segment segment = segments.get(file);
            if (segment == null) {
                segment = foreign(file);
            }
            if (segment != null && segment != own) {
                read(segment);
            }
        }
        makeRoom();
    }

    /** The answer to a request with this key, if there is one. */
    public synchronized Optional<Generation> find(String key) {
        Place place = places.get(Key.of(key));
        if (place == null) {
            return Optional.empty();
        }
        ByteBuffer body = ByteBuffer.allocate(place.length);
        try {
            readFully(place.segment.channel, body, place.offset);
            return Optional.of(decode(body.array()));
        } catch (IOException e) {
            LOG.warn("{}: an answer can't be read, it is asked again", place.segment.file, e);
            places.remove(Key.of(key));
            return Optional.empty();
        }
    }

    /** Keeps an answer. */
    public synchronized void put(String key, Generation generation) throws IOException {
        if (closed || !generation.tokens().isEmpty()) {
            return;
        }
        Key id = Key.of(key);
        if (places.containsKey(id)) {
            return;
        }
        byte[] body = encode(generation);
        ByteBuffer record = ByteBuffer.allocate(FRAME + KEY + body.length);
        record.position(FRAME);
        id.write(record);
        record.put(body);
        record.putInt(0, KEY + body.length);
        record.putInt(4, checksum(record.array(), FRAME, KEY + body.length));
        record.flip();
        Segment segment;
        long at;
        do { // Once, unless another process has made room: what is deleted nobody reads again.
            segment = own();
            at = segment.end;
            record.rewind();
            while (record.hasRemaining()) {
                segment.channel.write(record, at + record.position());
            }
            segment.end = at + record.limit();
        } while (Files.notExists(segment.file));
        places.put(id, new Place(segment, at + FRAME + KEY, body.length));
    }

    /** Answers that are known. */
    public synchronized int size() {
        return places.size();
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (own != null) {
            own.channel.force(false);
        }
        for (Segment segment : segments.values()) {
            segment.channel.close();
        }
        segments.clear();
        places.clear();
    }

    private Segment own() throws IOException {
        if (own != null && own.end < segmentBytes && !Files.notExists(own.file)) {
            return own;
        }
        if (own != null) {
            own.channel.force(false);
            makeRoom();
        }
        Path file = folder.resolve("%06d-%s%s".formatted(++begun, UUID.randomUUID(), SUFFIX));
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        Segment fresh = new Segment(file, channel);
        segments.put(file, fresh);
        ByteBuffer magic = ByteBuffer.wrap(MAGIC.getBytes(StandardCharsets.US_ASCII));
        while (magic.hasRemaining()) {
            channel.write(magic, magic.position());
        }
        fresh.end = HEADER;
        own = fresh; // Only now: without its beginning nobody would read it.
        return fresh;
    }

    private @Nullable Segment foreign(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null; // another process made room
        }
        ByteBuffer magic = ByteBuffer.allocate(HEADER);
        if (channel.size() < HEADER) {
            channel.close();
            return null; // another process is about to begin it
        }
        readFully(channel, magic, 0);
        if (!new String(magic.array(), StandardCharsets.US_ASCII).equals(MAGIC)) {
            LOG.warn("{} does not begin with {}: left alone", file, MAGIC);
            channel.close();
            return null;
        }
        Segment segment = new Segment(file, channel);
        segment.end = HEADER;
        segments.put(file, segment);
        return segment;
    }

    /** Reads whole records from where it was left. */
    private void read(Segment segment) throws IOException {
        long size = segment.channel.size();
        ByteBuffer frame = ByteBuffer.allocate(FRAME);
        while (segment.end + FRAME <= size) {
            readFully(segment.channel, frame.clear(), segment.end);
            int length = frame.getInt(0);
            if (length < KEY || length > MOST_RECORD || segment.end + FRAME + length > size) {
                return;
            }
            ByteBuffer record = ByteBuffer.allocate(length);
            readFully(segment.channel, record, segment.end + FRAME);
            if (checksum(record.array(), 0, length) != frame.getInt(4)) {
                LOG.warn("{}: damaged at byte {}, the rest is left", segment.file, segment.end);
                return;
            }
            places.putIfAbsent(
                    Key.of(record.flip()),
                    new Place(segment, segment.end + FRAME + KEY, length - KEY));
            segment.end += FRAME + length;
        }
    }

    /** Deletes the oldest segments, but never one's own. */
    private void makeRoom() throws IOException {
        List<Segment> oldestFirst = new ArrayList<>(segments.values());
        long total = 0;
        for (Segment segment : oldestFirst) {
            total += segment.channel.size();
            segment.modified =
                    Files.exists(segment.file)
                            ? Files.getLastModifiedTime(segment.file).toMillis()
                            : GONE;
        }
        oldestFirst.sort(
                Comparator.comparingLong((Segment segment) -> segment.modified)
                        .thenComparing(segment -> segment.file.getFileName()));
        for (Segment segment : oldestFirst) {
            if (segment != own && (total > maxBytes || segment.modified == GONE)) {
                total -= segment.channel.size();
                Files.deleteIfExists(segment.file);
                segments.remove(segment.file);
                places.values().removeIf(place -> place.segment == segment);
                segment.channel.close();
            }
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long at)
            throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, at + into.position()) < 0) {
                throw new IOException("the file ends at byte " + channel.size());
            }
        }
    }

    private static int checksum(byte[] bytes, int offset, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, offset, length);
        return (int) checksum.getValue();
    }

    private static byte[] encode(Generation generation) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, generation.text());
            write(out, generation.finishReason().name());
            out.writeInt(generation.promptTokens());
            out.writeInt(generation.completionTokens());
            out.writeDouble(generation.meanLogProbability());
            write(out, generation.model());
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes bytes", e);
        }
        return bytes.toByteArray();
    }

    private static Generation decode(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            String text = read(in);
            FinishReason reason = FinishReason.valueOf(read(in));
            int promptTokens = in.readInt();
            int completionTokens = in.readInt();
            double meanLogProbability = in.readDouble();
            return new Generation(
                    text,
                    reason,
                    promptTokens,
                    completionTokens,
                    meanLogProbability,
                    List.of(),
                    read(in));
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String read(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
