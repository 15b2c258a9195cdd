package io.prefstream.jobs.common.decontaminate;

import io.prefstream.jobs.common.tokens.TokenHashes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fingerprints of one benchmark: 64-bit hashes of all runs of n words of its items, and of
 * whole passages that are shorter (Brown et al. 2020, appendix C, for n = 13). A text that holds
 * one of them is contaminated.
 *
 * <p>Words are in lower case, and whatever stands between them counts for nothing, so neither
 * indentation nor punctuation matters. Code is looked at as it is and without its comments.
 *
 * <p>Held as an open-addressing table, at most half full: 26 to 52 bytes a fingerprint. Immutable;
 * serialized, as with a job's graph, in the bytes of {@link FingerprintFormat}.
 */
public final class Fingerprints implements Serializable {

    private static final long serialVersionUID = 1L;

    /** So that one in sixteen is set at most. */
    private static final int MARKS_A_SLOT = 8;

    /** A fingerprint and whose it is. */
    record Entry(long hash, int item) {}

    /** A set on its way, some 10 bytes a fingerprint. */
    private record Written(byte[] bytes) implements Serializable {

        private Object readResolve() throws ObjectStreamException {
            try {
                return FingerprintFormat.read(new ByteArrayInputStream(bytes));
            } catch (IOException e) {
                throw new InvalidObjectException(e.getMessage());
            }
        }
    }

    private final String benchmark;
    private final String version;
    private final int ngram;
    private final List<String> items;
    private final int[] lengths;
    private final int size;
    private final int[] sizes;
    private final long[] hashes;
    private final int[] owners;

    /** A bit for each upper half of a hash that is held. */
    private final long[] marks;

    /**
     * @param lengths lengths of runs that have fingerprints, n among them
     * @param entries fingerprints, none twice
     */
    Fingerprints(
            String benchmark,
            String version,
            int ngram,
            List<String> items,
            int[] lengths,
            List<Entry> entries) {
        this.benchmark = benchmark;
        this.version = version;
        this.ngram = ngram;
        this.items = List.copyOf(items);
        this.lengths = lengths.clone();
        this.size = entries.size();
        this.sizes = new int[items.size()];
        int slots = Math.max(2, Integer.highestOneBit(Math.max(1, entries.size())) * 4);
        this.hashes = new long[slots];
        this.owners = new int[slots];
        this.marks = new long[Math.max(1, slots * MARKS_A_SLOT / Long.SIZE)];
        for (Entry entry : entries) {
            int slot = slot(entry.hash);
            hashes[slot] = entry.hash;
            owners[slot] = entry.item;
            sizes[entry.item]++;
            int mark = mark(entry.hash);
            marks[mark >>> 6] |= 1L << mark;
        }
    }

    private Object writeReplace() {
        return new Written(FingerprintFormat.write(this));
    }

    /** The benchmark's name. */
    public String benchmark() {
        return benchmark;
    }

    /** Which edition of the benchmark: a hash of what its items say. */
    public String version() {
        return version;
    }

    /** Words of a run. */
    public int ngram() {
        return ngram;
    }

    /** How many fingerprints there are. */
    public int size() {
        return size;
    }

    List<String> items() {
        return items;
    }

    int[] lengths() {
        return lengths.clone();
    }

    /**
     * The same fingerprints in several sets, each of whole items and of about so many fingerprints
     * at most; more only where a single item has more.
     */
    public List<Fingerprints> parts(int most) {
        List<Entry> all = entries();
        all.sort(Comparator.comparingInt(Entry::item));
        List<Fingerprints> parts = new ArrayList<>();
        int from = 0;
        while (from < all.size()) {
            int first = all.get(from).item;
            int end = from;
            int next = from;
            do {
                end = next;
                next = end + sizes[all.get(end).item];
            } while (next < all.size() && next - from <= most);
            if (next - from <= most || end == from) {
                end = next;
            }
            int last = all.get(end - 1).item;
            parts.add(
                    new Fingerprints(
                            benchmark,
                            version,
                            ngram,
                            items.subList(first, last + 1),
                            lengths,
                            all.subList(from, end).stream()
                                    .map(entry -> new Entry(entry.hash, entry.item - first))
                                    .toList()));
            from = end;
        }
        return parts;
    }

    /** In ascending order. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(size);
        for (int slot = 0; slot < hashes.length; slot++) {
            if (hashes[slot] != 0) {
                entries.add(new Entry(hashes[slot], owners[slot]));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::hash));
        return entries;
    }

    /**
     * What a piece of code holds of the benchmark: the item of which most is found.
     *
     * @param language the code's language in lower case
     * @param docComment its documentation comment without comment markers
     */
    public Optional<Contamination> find(String language, String code, @Nullable String docComment) {
        return find(passages(language, code, docComment));
    }

    /** What is looked at of a piece of code: as it is, without comments, and its documentation. */
    static List<Windows> passages(String language, String code, @Nullable String docComment) {
        List<Windows> passages = new ArrayList<>();
        passages.add(new Windows(TokenHashes.inLowerCase(code)));
        String stripped = CommentStyle.of(language).strip(code);
        if (!stripped.equals(code)) {
            passages.add(new Windows(TokenHashes.inLowerCase(stripped)));
        }
        if (docComment != null) {
            passages.add(new Windows(TokenHashes.inLowerCase(docComment)));
        }
        return passages;
    }

    /** What {@link #passages} hold. */
    Optional<Contamination> find(List<Windows> passages) {
        TreeMap<Integer, Set<Long>> found = new TreeMap<>();
        for (Windows passage : passages) {
            find(passage, found);
        }
        return found.entrySet().stream()
                .max(Comparator.comparingInt(item -> item.getValue().size()))
                .map(
                        item ->
                                new Contamination(
                                        benchmark,
                                        version,
                                        items.get(item.getKey()),
                                        item.getValue().size(),
                                        sizes[item.getKey()]));
    }

    private void find(Windows windows, TreeMap<Integer, Set<Long>> found) {
        for (int length : lengths) {
            long power = Windows.power(length);
            for (int from = 0; from < windows.count(length); from++) {
                long hash = windows.hash(from, length, power);
                int slot = mayHold(hash) ? slot(hash) : -1;
                if (slot >= 0 && hashes[slot] == hash) {
                    found.computeIfAbsent(owners[slot], item -> new HashSet<>()).add(hash);
                }
            }
        }
    }

    /** False for nearly all that aren't held, by one look at memory that is likely at hand. */
    private boolean mayHold(long hash) {
        int mark = mark(hash);
        return (marks[mark >>> 6] & 1L << mark) != 0;
    }

    private int mark(long hash) {
        return (int) (hash >>> 32) & marks.length * Long.SIZE - 1;
    }

    /** Where a fingerprint is, or would be. */
    private int slot(long hash) {
        int slot = (int) hash & hashes.length - 1;
        while (hashes[slot] != 0 && hashes[slot] != hash) {
            slot = slot + 1 & hashes.length - 1;
        }
        return slot;
    }
}
