package io.prefstream.replay;

/** Where an item is: its table, its stratum's lane, its slot there. */
record Place(Table table, Lane lane, int slot) {

    long sequence() {
        return lane.sequence(slot);
    }

    /** Whether the item was ever drawn. */
    boolean drawn() {
        return lane.timesSampled(slot) > 0;
    }

    /** Number of the item's value. */
    long value() {
        return lane.value(slot);
    }
}
