package io.prefstream.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Where every item is in memory, by the number that it is stored under and by its key's hash.
 *
 * <p>Six bytes and a bit for each number from the lowest one on, up to one and a half times as much
 * after growth, and what {@link KeyIndex} takes.
 */
final class LiveItems {

    private static final int SMALLEST = 1 << 10;
    private static final int FORGOTTEN_AT_ONCE = 1 << 18;

    private final List<Lane> lanes = new ArrayList<>();
    private final KeyIndex keys = new KeyIndex();

    /** Of the number that is so much above the base: whether an item has it. */
    private BitSet present = new BitSet();

    /** Its lane's number, and its slot there. */
    private short[] laneOf = new short[SMALLEST];

    private int[] slotOf = new int[SMALLEST];

    private long base;
    private int noneBelow;
    private long count;

    /**
     * @param base number that no item is below
     */
    LiveItems(long base) {
        this.base = base;
    }

    /** Makes a lane of a table, whose items may be added. */
    Lane lane(Table table, KnownTraits known) {
        if (lanes.size() > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "more than %,d strata in all tables".formatted(lanes.size()));
        }
        Lane lane = new Lane(table, lanes.size(), known);
        lanes.add(lane);
        return lane;
    }

    /** Makes room for so many more items. */
    void reserve(long items) {
        keys.reserve(count + items);
    }

    /** Adds an item. */
    void add(Place place) {
        long number = place.number();
        put(place);
        keys.put(place.key(), number);
        present.set(offset(number));
        noneBelow = Math.min(noneBelow, offset(number));
        count++;
    }

    /** Learns where an item of before is now. */
    void put(Place place) {
        int at = offset(place.number());
        if (at >= slotOf.length) {
            int length = Math.max(at + 1, Math.addExact(slotOf.length, slotOf.length / 2));
            slotOf = Arrays.copyOf(slotOf, length);
            laneOf = Arrays.copyOf(laneOf, length);
        }
        slotOf[at] = place.slot();
        laneOf[at] = (short) place.lane().number();
    }

    /** Forgets an item. */
    void remove(Place place) {
        keys.remove(place.key(), place.number());
        present.clear(offset(place.number()));
        count--;
    }

    long count() {
        return count;
    }

    /** Where the item of a number is. */
    Place place(long number) {
        int at = offset(number);
        return new Place(lanes.get(laneOf[at]), slotOf[at]);
    }

    /** Where the items are whose key has a hash. */
    List<Place> ofHash(int hash) {
        int[] lowest = keys.find(hash);
        if (lowest.length == 0) {
            return List.of();
        }
        List<Place> places = new ArrayList<>(lowest.length);
        for (int bits : lowest) {
            places.add(place(base + Integer.toUnsignedLong(bits - (int) base)));
        }
        return places;
    }

    /** The lowest number; another one if there is none. */
    long first(long none) {
        int at = present.nextSetBit(noneBelow);
        noneBelow = at < 0 ? present.length() : at;
        return at < 0 ? none : base + at;
    }

    /** The lowest number above one; another one if there is none. */
    long after(long number, long none) {
        int at = present.nextSetBit(offset(number) + 1);
        return at < 0 ? none : base + at;
    }

    /** Learns that nothing is undone any more, and that no number below one comes back. */
    void settle(long number) {
        int gone = offset(number);
        if (gone >= FORGOTTEN_AT_ONCE) {
            int end = Math.max(gone + SMALLEST, present.length());
            present = present.get(gone, end);
            laneOf = Arrays.copyOfRange(laneOf, gone, end);
            slotOf = Arrays.copyOfRange(slotOf, gone, end);
            base = number;
            noneBelow = 0;
        }
        for (Lane lane : lanes) {
            if (lane.wantsSqueeze()) {
                lane.squeeze();
                lane.slots().forEach(slot -> put(new Place(lane, slot)));
            }
        }
    }

    private int offset(long number) {
        return Math.toIntExact(number - base);
    }
}
