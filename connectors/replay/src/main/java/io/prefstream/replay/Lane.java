package io.prefstream.replay;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The items of one stratum of a table in memory: what a draw needs of them before it reads their
 * bytes. A slot is an item's place in the order of arrival.
 *
 * <p>Some 70 bytes an item, up to twice as much after growth, and what the selectors take. Slots of
 * items that left are given back by {@link #squeeze}, which renumbers.
 */
final class Lane {

    private static final int SMALLEST = 64;

    private final Table table;
    private final int number;
    private final TableSettings settings;
    private final KnownTraits known;
    private Selector sampler;
    private Selector remover;
    private final BitSet present = new BitSet();
    private int end;

    private int size;
    private int noneBelow;
    private int noneUndrawnBelow;
    private long[] sequences = new long[SMALLEST];
    private long[] numbers = new long[SMALLEST];
    private long[] insertedAt = new long[SMALLEST];
    private long[] versions = new long[SMALLEST];
    private long[] timesSampled = new long[SMALLEST];
    private double[] priorities = new double[SMALLEST];
    private double[] confidences = new double[SMALLEST];
    private int[] keys = new int[SMALLEST];
    private int[] traits = new int[SMALLEST];

    /**
     * @param number its own among those of all tables
     * @param known traits of items
     */
    Lane(Table table, int number, KnownTraits known) {
        this.table = table;
        this.number = number;
        this.settings = table.settings();
        this.known = known;
        this.sampler = settings.sampler().selector(settings.priorityExponent());
        this.remover = removerBeside(sampler);
    }

    /** The remover, which is the sampler itself where both are of one kind. */
    private Selector removerBeside(Selector ofSamples) {
        return settings.remover() == settings.sampler()
                ? ofSamples
                : settings.remover().selector(settings.priorityExponent());
    }

    Table table() {
        return table;
    }

    int number() {
        return number;
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

    /**
     * An item as a lane keeps it.
     *
     * @param number that its value and its record are stored under
     * @param insertedAt when it came into the buffer, milliseconds of the epoch
     * @param version model version at that time
     * @param timesSampled how often it was drawn
     * @param priority its priority
     * @param confidence in its label
     * @param key hash of its key, by which {@link KeyIndex} knows it
     * @param traits their number in {@link KnownTraits}
     */
    record Item(
            long number,
            long insertedAt,
            long version,
            long timesSampled,
            double priority,
            double confidence,
            int key,
            int traits) {}

    /** Adds an item that was stored under a number. Returns its slot. */
    int append(long number, ItemRecord item) {
        Whereabouts where = item.where();
        return append(
                where.sequence(),
                new Item(
                        number,
                        item.insertedAt(),
                        item.version(),
                        where.timesSampled(),
                        where.priority(),
                        item.traits().confidence(),
                        KeyIndex.hash(item.key()),
                        known.numberOf(item.traits())));
    }

    /** Adds an item, which is newer than all others unless they are {@link #sort}ed later. */
    int append(long sequence, Item item) {
        if (end == sequences.length) {
            resize(Math.addExact(end, end / 2));
        }
        int slot = end++;
        sequences[slot] = sequence;
        numbers[slot] = item.number();
        insertedAt[slot] = item.insertedAt();
        versions[slot] = item.version();
        timesSampled[slot] = item.timesSampled();
        priorities[slot] = item.priority();
        confidences[slot] = item.confidence();
        keys[slot] = item.key();
        traits[slot] = item.traits();
        putBack(slot);
        return slot;
    }

    Item item(int slot) {
        return new Item(
                numbers[slot],
                insertedAt[slot],
                versions[slot],
                timesSampled[slot],
                priorities[slot],
                confidences[slot],
                keys[slot],
                traits[slot]);
    }

    /** Takes an item out; its slot stays. */
    void remove(int slot) {
        sampler.remove(slot);
        if (remover != sampler) {
            remover.remove(slot);
        }
        present.clear(slot);
        known.remove(traits[slot]);
        size--;
    }

    /** Undoes {@link #remove}. */
    void putBack(int slot) {
        known.add(traits[slot]);
        enter(slot);
    }

    private void enter(int slot) {
        double behindGate = settings.gate().apply(priorities[slot], confidences[slot]);
        sampler.insert(slot, behindGate);
        if (remover != sampler) {
            remover.insert(slot, behindGate);
        }
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

    /** The oldest item's slot; negative if there is none. */
    int oldest() {
        int slot = present.nextSetBit(noneBelow);
        noneBelow = slot < 0 ? end : slot;
        return slot;
    }

    /** The slots of all items, the oldest first. */
    IntStream slots() {
        return present.stream();
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

    long number(int slot) {
        return numbers[slot];
    }

    /** Says that the item's value and its record are stored under another number. */
    void setNumber(int slot, long number) {
        numbers[slot] = number;
    }

    /** Hash of the item's key, by which {@link KeyIndex} knows it. */
    int key(int slot) {
        return keys[slot];
    }

    /** The slots of items whose traits have one of these numbers. */
    IntStream ofTraits(BitSet wanted) {
        return present.stream().filter(slot -> wanted.get(traits[slot]));
    }

    ItemTraits traits(int slot) {
        return known.of(traits[slot], confidences[slot]);
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
        if (remover != sampler) {
            remover.update(slot, behindGate);
        }
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
        renumber(present.stream().toArray());
    }

    /** Puts items that weren't appended in their order, and didn't leave, into it. */
    void sort() {
        long[] sorted = Arrays.copyOf(sequences, end);
        Arrays.sort(sorted);
        if (Arrays.equals(sorted, 0, end, sequences, 0, end)) {
            return;
        }
        int[] slots = new int[end];
        for (int slot = 0; slot < end; slot++) {
            slots[Arrays.binarySearch(sorted, sequences[slot])] = slot;
        }
        renumber(slots);
    }

    /** Gives the slots from 0 on to the items of these. */
    private void renumber(int[] slots) {
        sequences = picked(sequences, slots);
        numbers = picked(numbers, slots);
        insertedAt = picked(insertedAt, slots);
        versions = picked(versions, slots);
        timesSampled = picked(timesSampled, slots);
        priorities = picked(priorities, slots);
        confidences = picked(confidences, slots);
        keys = picked(keys, slots);
        traits = picked(traits, slots);
        sampler = settings.sampler().selector(settings.priorityExponent());
        remover = removerBeside(sampler);
        present.clear();
        end = slots.length;
        size = 0;
        for (int slot = 0; slot < end; slot++) {
            enter(slot);
        }
    }

    private static long[] picked(long[] of, int[] slots) {
        long[] picked = new long[of.length];
        Arrays.setAll(picked, i -> i < slots.length ? of[slots[i]] : 0);
        return picked;
    }

    private static double[] picked(double[] of, int[] slots) {
        double[] picked = new double[of.length];
        Arrays.setAll(picked, i -> i < slots.length ? of[slots[i]] : 0);
        return picked;
    }

    private static int[] picked(int[] of, int[] slots) {
        int[] picked = new int[of.length];
        Arrays.setAll(picked, i -> i < slots.length ? of[slots[i]] : 0);
        return picked;
    }

    /** Makes room for so many items in all. */
    void reserve(int items) {
        if (items > sequences.length) {
            resize(items);
        }
    }

    private void resize(int length) {
        sequences = Arrays.copyOf(sequences, length);
        numbers = Arrays.copyOf(numbers, length);
        insertedAt = Arrays.copyOf(insertedAt, length);
        versions = Arrays.copyOf(versions, length);
        timesSampled = Arrays.copyOf(timesSampled, length);
        priorities = Arrays.copyOf(priorities, length);
        confidences = Arrays.copyOf(confidences, length);
        keys = Arrays.copyOf(keys, length);
        traits = Arrays.copyOf(traits, length);
    }
}
