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

    /** The number that its value and its record are stored under. */
    long value() {
        return lane.value(slot);
    }

    /** The same as it is stored. */
    Whereabouts whereabouts() {
        return new Whereabouts(
                table.number(), sequence(), lane.timesSampled(slot), lane.priority(slot));
    }

    /** The item of this key, which is here. */
    ItemRecord item(String key) {
        return new ItemRecord(
                key, lane.insertedAt(slot), lane.version(slot), whereabouts(), lane.traits(slot));
    }
}
