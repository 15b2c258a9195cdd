package io.prefstream.trainer;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.PreferencePair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * The pairs that are only judged, never trained on: those with the smallest hashes of all that
 * came, {@code capacity} at most.
 *
 * <p>That is a uniform sample of everything seen so far that depends on neither order nor chance
 * (bottom-k sampling, Cohen and Kaplan 2007), and it changes slowly as the stream goes on.
 */
final class HoldoutSet {

    private final int capacity;
    private final TreeMap<String, PreferencePair> byHash = new TreeMap<>();

    HoldoutSet(int capacity) {
        this.capacity = capacity;
    }

    /** Offers a pair. Returns false if it is known already. */
    boolean offer(PreferencePair pair) {
        String hash = hash(pair.getId());
        if (byHash.containsKey(hash)) {
            return false;
        }
        if (byHash.size() < capacity) {
            byHash.put(hash, pair);
        } else if (hash.compareTo(byHash.lastKey()) < 0) {
            byHash.pollLastEntry();
            byHash.put(hash, pair);
        }
        return true;
    }

    /** Puts a pair in the place of what is here of it. Returns whether anything is. */
    boolean replace(PreferencePair pair) {
        return byHash.replace(hash(pair.getId()), pair) != null;
    }

    /** Forgets a pair. Returns whether it was here. */
    boolean remove(String pairId) {
        return byHash.remove(hash(pairId)) != null;
    }

    private static String hash(String pairId) {
        return ContentId.of("holdout-set", pairId);
    }

    /** The pairs, in the order of their hashes. */
    List<PreferencePair> pairs() {
        return List.copyOf(byHash.values());
    }

    int size() {
        return byHash.size();
    }

    void save(Path file) throws IOException {
        SpecificData model = SpecificData.getForClass(PreferencePair.class);
        try (DataFileWriter<PreferencePair> writer =
                new DataFileWriter<>(
                        new SpecificDatumWriter<>(PreferencePair.getClassSchema(), model))) {
            writer.create(PreferencePair.getClassSchema(), file.toFile());
            for (PreferencePair pair : byHash.values()) {
                writer.append(pair);
            }
        }
    }

    void load(Path file) throws IOException {
        SpecificData model = SpecificData.getForClass(PreferencePair.class);
        SpecificDatumReader<PreferencePair> datums =
                new SpecificDatumReader<>(
                        PreferencePair.getClassSchema(), PreferencePair.getClassSchema(), model);
        try (DataFileReader<PreferencePair> reader = new DataFileReader<>(file.toFile(), datums)) {
            for (PreferencePair pair : reader) {
                offer(pair);
            }
        }
    }
}
