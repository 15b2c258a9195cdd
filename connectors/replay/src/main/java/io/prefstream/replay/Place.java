package io.prefstream.replay;

/** Where an item is: its stratum's lane, its slot there. */
record Place(Lane lane, int slot) {

    Table table() {
        return lane.table();
    }

    /** Hash of the item's key. */
    int key() {
        return lane.key(slot);
    }

    /** The number that its value and its record are stored under. */
    long number() {
        return lane.number(slot);
    }

    long sequence() {
        return lane.sequence(slot);
    }

    /** Whether the item was ever drawn. */
    boolean drawn() {
        return lane.timesSampled(slot) > 0;
    }

    /** The same as it is stored. */
    Whereabouts whereabouts() {
        return new Whereabouts(
                table().number(), sequence(), lane.timesSampled(slot), lane.priority(slot));
    }

    /** The item of this key, which is here. */
    ItemRecord item(String key) {
        return new ItemRecord(
                key, lane.insertedAt(slot), lane.version(slot), whereabouts(), lane.traits(slot));
    }
}
