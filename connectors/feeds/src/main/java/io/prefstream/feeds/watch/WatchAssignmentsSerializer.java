package io.prefstream.feeds.watch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Version 1: number of assigned targets and each; number of returned splits, and of each its
 * version and bytes by {@link WatchSplitSerializer}.
 */
final class WatchAssignmentsSerializer implements SimpleVersionedSerializer<WatchAssignments> {

    static final int VERSION = 1;

    private final WatchSplitSerializer splits = new WatchSplitSerializer();

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(WatchAssignments assignments) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(assignments.assigned().size());
        for (String target : assignments.assigned()) {
            WatchSplitSerializer.writeString(out, target);
        }
        out.writeInt(assignments.returned().size());
        for (WatchSplit split : assignments.returned()) {
            out.writeInt(splits.getVersion());
            WatchSplitSerializer.writeBytes(out, splits.serialize(split));
        }
        out.flush();
        return bytes.toByteArray();
    }

    @Override
    public WatchAssignments deserialize(int version, byte[] serialized) throws IOException {
        if (version != VERSION) {
            throw new IOException(
                    "feed state of version %d is newer than %d, the latest that this release reads"
                            .formatted(version, VERSION));
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
        SortedSet<String> assigned = new TreeSet<>();
        for (int left = in.readInt(); left > 0; left--) {
            assigned.add(WatchSplitSerializer.readString(in));
        }
        List<WatchSplit> returned = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            int splitVersion = in.readInt();
            returned.add(splits.deserialize(splitVersion, WatchSplitSerializer.readBytes(in)));
        }
        return new WatchAssignments(assigned, returned);
    }
}
