package io.prefstream.feeds.watch;

import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.RepoEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Version 2: target; number of marks, then key and value of each; looked; number of pending
 * outputs; if there are any, the Avro schema they were written with, then each as Avro binary. A
 * string or output is its length in bytes and its bytes. The schema travels along so that a later
 * FeedOutput can read them. Version 1 had events alone pending, each a RepoEvent.
 */
final class WatchSplitSerializer implements SimpleVersionedSerializer<WatchSplit> {

    static final int VERSION = 2;

    private static final int EVENTS_ONLY = 1;

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(WatchSplit split) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        writeString(out, split.target());
        out.writeInt(split.seen().size());
        for (Map.Entry<String, String> mark : split.seen().entrySet()) {
            writeString(out, mark.getKey());
            writeString(out, mark.getValue());
        }
        out.writeBoolean(split.looked());
        out.writeInt(split.pending().size());
        if (!split.pending().isEmpty()) {
            writeString(out, FeedOutput.getClassSchema().toString());
            SpecificDatumWriter<FeedOutput> writer = new SpecificDatumWriter<>(FeedOutput.class);
            for (FeedOutput event : split.pending()) {
                ByteArrayOutputStream eventBytes = new ByteArrayOutputStream();
                BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(eventBytes, null);
                writer.write(event, encoder);
                encoder.flush();
                writeBytes(out, eventBytes.toByteArray());
            }
        }
        out.flush();
        return bytes.toByteArray();
    }

    @Override
    public WatchSplit deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION && version != EVENTS_ONLY) {
            throw new IOException(
                    "feed state of version %d is newer than %d, the latest that this release reads"
                            .formatted(version, VERSION));
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        String target = readString(in);
        SortedMap<String, String> seen = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String key = readString(in);
            seen.put(key, readString(in));
        }
        boolean looked = in.readBoolean();
        List<FeedOutput> pending =
                version == EVENTS_ONLY
                        ? pending(in, RepoEvent.getClassSchema()).stream()
                                .map(event -> new FeedOutput((RepoEvent) event))
                                .toList()
                        : pending(in, FeedOutput.getClassSchema()).stream()
                                .map(FeedOutput.class::cast)
                                .toList();
        return new WatchSplit(target, seen, pending, looked);
    }

    private static List<Object> pending(DataInputStream in, Schema reading) throws IOException {
        int count = in.readInt();
        List<Object> pending = new ArrayList<>(count);
        if (count > 0) {
            Schema written = new Schema.Parser().parse(readString(in));
            SpecificDatumReader<Object> reader = new SpecificDatumReader<>(written, reading);
            for (int left = count; left > 0; left--) {
                byte[] event = readBytes(in);
                pending.add(reader.read(null, DecoderFactory.get().binaryDecoder(event, null)));
            }
        }
        return pending;
    }

    static void writeString(DataOutputStream out, String text) throws IOException {
        writeBytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    static String readString(DataInputStream in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException(
                    "feed state ends after %d of %d bytes".formatted(bytes.length, length));
        }
        return bytes;
    }
}
