package io.prefstream.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A table of a buffer in memory: its items by stratum, its counters, its limiter. */
final class Table {

    private final int number;
    private final TableSettings settings;
    private final List<Lane> lanes = new ArrayList<>();
    private final double[] shares;
    private TableCounters counters;
    private RateLimiter limiter;

    /**
     * @param live where its items will be
     * @param known their traits
     */
    Table(
            int number,
            TableSettings settings,
            TableCounters counters,
            LiveItems live,
            KnownTraits known) {
        this.number = number;
        this.settings = settings;
        this.counters = counters;
        this.limiter = settings.limiter();
        this.shares = settings.strata().sharesInOrder();
        for (int i = 0; i < shares.length; i++) {
            lanes.add(live.lane(this, known));
        }
    }

    int number() {
        return number;
    }

    String name() {
        return settings.name();
    }

    TableSettings settings() {
        return settings;
    }

    TableCounters counters() {
        return counters;
    }

    /** Makes the counters what they were. */
    void restore(ReplayStats stats) {
        counters = TableCounters.of(stats);
    }

    RateLimiter limiter() {
        return limiter;
    }

    void limit(RateLimiter newLimiter) {
        settings.check(newLimiter);
        limiter = newLimiter;
    }

    /** Makes room for so many items in all, which may be spread over strata. */
    void reserve(long items) {
        if (lanes.size() == 1) {
            lanes.get(0).reserve(Math.toIntExact(items));
        }
    }

    List<Lane> lanes() {
        return lanes;
    }

    /** Where all items are, in the order in which they came. */
    Stream<Place> places() {
        Stream<Place> places =
                lanes.stream()
                        .flatMap(lane -> lane.slots().mapToObj(slot -> new Place(lane, slot)));
        return lanes.size() == 1
                ? places
                : places.sorted(Comparator.comparingLong(Place::sequence));
    }

    /** A stratum's share of the samples. */
    double share(int lane) {
        return shares[lane];
    }

    Lane laneOf(ItemTraits traits) {
        return lanes.get(settings.strata().of(traits));
    }

    /** The stratum that an item leaves at capacity: the one that exceeds its share by most. */
    Lane fullest() {
        Lane fullest = lanes.get(0);
        double most = -1;
        for (int i = 0; i < shares.length; i++) {
            Lane lane = lanes.get(i);
            double excess = lane.size() == 0 ? -1 : lane.size() / shares[i];
            if (excess > most) {
                fullest = lane;
                most = excess;
            }
        }
        return fullest;
    }

    /** Whether the item is too old. */
    boolean stale(Lane lane, int slot, long version, long now) {
        return settings.staleness()
                .exceededBy(version - lane.version(slot), now - lane.insertedAt(slot));
    }

    /** Whether an item that was never drawn is too old for more to come in. */
    boolean slowed(long version, long now) {
        if (!settings.staleness().slows()) {
            return false;
        }
        for (Lane lane : lanes) {
            int slot = lane.oldestUndrawn();
            if (slot >= 0 && stale(lane, slot, version, now)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the limiter lets an item in, and staleness doesn't slow its producer.
     *
     * @param stats of this table and those that it hands on to
     */
    boolean mayInsert(ReplayStats stats, long version, long now) {
        boolean samplesGoOn = limiter.maySample(stats, limiter.batch());
        return limiter.mayInsert(stats) && !(samplesGoOn && slowed(version, now));
    }

    /** Why {@link #mayInsert} says no. */
    String whyNoInsertion(ReplayStats stats) {
        return limiter.mayInsert(stats)
                ? "the oldest item that was never drawn is too old"
                : limiter.whyNoInsertion(stats);
    }
}
