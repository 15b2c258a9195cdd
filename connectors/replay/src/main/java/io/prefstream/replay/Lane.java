package io.prefstream.replay;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The items of one stratum of a table in memory: what a draw needs of them before it reads their
 * bytes. A slot is an item's place in the order of arrival.
 *
 * <p>Some 70 bytes an item, up to twice as much after growth, and what the selectors take. Slots of
 * items that left are given back by {@link #squeeze}, which renumbers.
 */
final class Lane {

    private static final int SMALLEST = 64;

    private final TableSettings settings;
    private final Repositories names;
    private Selector sampler;
    private Selector remover;
    private final BitSet present = new BitSet();
    private int end;

    /** Whether items lie in the order of their values' numbers. */
    private boolean ordered = true;

    private int size;
    private int noneBelow;
    private int noneUndrawnBelow;
    private long[] sequences = new long[SMALLEST];
    private long[] values = new long[SMALLEST];
    private long[] insertedAt = new long[SMALLEST];
    private long[] versions = new long[SMALLEST];
    private long[] timesSampled = new long[SMALLEST];
    private double[] priorities = new double[SMALLEST];
    private double[] confidences = new double[SMALLEST];
    private int[] keys = new int[SMALLEST];
    private int[] repositories = new int[SMALLEST];

    /**
     * @param names of the repositories that items are of
     */
    Lane(TableSettings settings, Repositories names) {
        this.settings = settings;
        this.names = names;
        this.sampler = settings.sampler().selector(settings.priorityExponent());
        this.remover = settings.remover().selector(settings.priorityExponent());
    }

    int size() {
        return size;
    }

    Selector sampler() {
        return sampler;
    }

    Selector remover() {
        return remover;
    }

    /** Adds an item that is newer than all others. Returns its slot. */
    int append(long sequence, ItemRecord item, long times, double priority) {
        if (end == sequences.length) {
            resize(Math.addExact(end, end / 2));
        }
        int slot = end++;
        ordered &= slot == 0 || item.value() > values[slot - 1];
        sequences[slot] = sequence;
        values[slot] = item.value();
        insertedAt[slot] = item.insertedAt();
        versions[slot] = item.version();
        timesSampled[slot] = times;
        priorities[slot] = priority;
        confidences[slot] = item.traits().confidence();
        keys[slot] = KeyIndex.hash(item.key());
        repositories[slot] = names.numberOf(item.traits().repository());
        putBack(slot);
        return slot;
    }

    /** Takes an item out; its slot stays. */
    void remove(int slot) {
        sampler.remove(slot);
        remover.remove(slot);
        present.clear(slot);
        names.remove(repositories[slot]);
        size--;
    }

    /** Undoes {@link #remove}. */
    void putBack(int slot) {
        names.add(repositories[slot]);
        enter(slot);
    }

    private void enter(int slot) {
        double behindGate = settings.gate().apply(priorities[slot], confidences[slot]);
        sampler.insert(slot, behindGate);
        remover.insert(slot, behindGate);
        present.set(slot);
        size++;
        noneBelow = Math.min(noneBelow, slot);
        noneUndrawnBelow = Math.min(noneUndrawnBelow, slot);
    }

    /** Undoes {@link #append}, whose slot must be the last one. */
    void takeBack(int slot) {
        remove(slot);
        end = slot;
    }

    /** The slot of an item; negative if it isn't here. */
    int slotOf(long sequence) {
        int slot = Arrays.binarySearch(sequences, 0, end, sequence);
        return slot >= 0 && present.get(slot) ? slot : -1;
    }

    /** The oldest item's slot; negative if there is none. */
    int oldest() {
        int slot = present.nextSetBit(noneBelow);
        noneBelow = slot < 0 ? end : slot;
        return slot;
    }

    /** The numbers of all values. */
    LongStream values() {
        return present.stream().mapToLong(slot -> values[slot]);
    }

    /** The number of the first value; another one if there is none, and 0 if it isn't known. */
    long firstValue(long none) {
        int slot = oldest();
        return slot < 0 ? none : ordered ? values[slot] : 0;
    }

    /** Whether no other item here has a value of a lower number. */
    boolean hasFirstValue(int slot) {
        return ordered && slot == oldest();
    }

    /** The slot of the oldest item that was never drawn; negative if there is none. */
    int oldestUndrawn() {
        int slot = present.nextSetBit(noneUndrawnBelow);
        while (slot >= 0 && timesSampled[slot] > 0) {
            slot = present.nextSetBit(slot + 1);
        }
        noneUndrawnBelow = slot < 0 ? end : slot;
        return slot;
    }

    long sequence(int slot) {
        return sequences[slot];
    }

    long value(int slot) {
        return values[slot];
    }

    /** Hash of the item's key, by which {@link KeyIndex} knows it. */
    int key(int slot) {
        return keys[slot];
    }

    /** The slots of a repository's items. */
    IntStream ofRepository(int number) {
        return IntStream.range(0, end)
                .filter(slot -> repositories[slot] == number && present.get(slot));
    }

    long insertedAt(int slot) {
        return insertedAt[slot];
    }

    long version(int slot) {
        return versions[slot];
    }

    long timesSampled(int slot) {
        return timesSampled[slot];
    }

    double priority(int slot) {
        return priorities[slot];
    }

    void setTimesSampled(int slot, long times) {
        timesSampled[slot] = times;
        if (times == 0) {
            noneUndrawnBelow = Math.min(noneUndrawnBelow, slot);
        }
    }

    void setPriority(int slot, double priority) {
        priorities[slot] = priority;
        double behindGate = settings.gate().apply(priority, confidences[slot]);
        sampler.update(slot, behindGate);
        remover.update(slot, behindGate);
    }

    double confidence(int slot) {
        return confidences[slot];
    }

    void setConfidence(int slot, double confidence) {
        confidences[slot] = confidence;
        setPriority(slot, priorities[slot]);
    }

    /** Whether so many slots are empty that renumbering the others is worth its price. */
    boolean wantsSqueeze() {
        return end - size > SMALLEST + size / 2;
    }

    /** Renumbers the items without gaps. */
    void squeeze() {
        int to = 0;
        for (int from = present.nextSetBit(0); from >= 0; from = present.nextSetBit(from + 1)) {
            sequences[to] = sequences[from];
            values[to] = values[from];
            insertedAt[to] = insertedAt[from];
            versions[to] = versions[from];
            timesSampled[to] = timesSampled[from];
            priorities[to] = priorities[from];
            confidences[to] = confidences[from];
            keys[to] = keys[from];
            repositories[to] = repositories[from];
            to++;
        }
        sampler = settings.sampler().selector(settings.priorityExponent());
        remover = settings.remover().selector(settings.priorityExponent());
        present.clear();
        end = to;
        size = 0;
        for (int slot = 0; slot < to; slot++) {
            enter(slot);
        }
    }

    /** Makes room for so many items in all. */
    void reserve(int items) {
        if (items > sequences.length) {
            resize(items);
        }
    }

    private void resize(int length) {
        sequences = Arrays.copyOf(sequences, length);
        values = Arrays.copyOf(values, length);
        insertedAt = Arrays.copyOf(insertedAt, length);
        versions = Arrays.copyOf(versions, length);
        timesSampled = Arrays.copyOf(timesSampled, length);
        priorities = Arrays.copyOf(priorities, length);
        confidences = Arrays.copyOf(confidences, length);
        keys = Arrays.copyOf(keys, length);
        repositories = Arrays.copyOf(repositories, length);
    }
}
