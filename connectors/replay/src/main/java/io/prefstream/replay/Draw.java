package io.prefstream.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One draw: from which tables and strata its samples come, and what was picked.
 *
 * <p>Samples are spread over tables and strata systematically: sample {@code i} of {@code n} is at
 * {@code (u + i) / n} of the shares laid end to end, with one random {@code u}, so each gets its
 * share to within one sample. The share of those without items is spread over the others. Where
 * nobody knows how many samples there will be, sample {@code i} is at the fraction of {@code u + i
 * / φ}, with the golden ratio φ, which spreads any number of them nearly as evenly.
 */
final class Draw {

    /** Says that a draw goes on until somebody has enough. */
    static final int OPEN_END = 0;

    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private final double importanceExponent;
    private final List<Table> tables;
    private final double[] tableShares;
    private final List<Pick> taken = new ArrayList<>();
    private long sizeAtBeginning;
    private double offset;
    private int count;

    /**
     * An item about to be drawn.
     *
     * @param timesSampled this time included
     */
    record Pick(Place place, double probability, long timesSampled, long tableSize) {}

    /** A stratum with items, and its share of the draw. */
    private record Cell(Table table, Lane lane, double share) {}

    private Draw(double importanceExponent, List<Table> tables, double[] tableShares) {
        this.importanceExponent = importanceExponent;
        this.tables = tables;
        this.tableShares = tableShares;
    }

    /**
     * From the tables of a mix. The first one's limiter is the caller's affair; others take part
     * while theirs lets them.
     */
    static Draw mixed(ReplaySettings settings, SortedMap<String, Double> mix, BufferState state) {
        List<Table> tables = new ArrayList<>();
        for (Table table : state.tables) {
            if (mix.getOrDefault(table.name(), 0.0) > 0) {
                tables.add(table);
            }
        }
        double[] shares =
                tables.stream().mapToDouble(table -> mix.getOrDefault(table.name(), 0.0)).toArray();
        return new Draw(settings.importanceExponent(), tables, shares);
    }

    static Draw of(ReplaySettings settings, Table table) {
        return new Draw(settings.importanceExponent(), List.of(table), new double[] {1});
    }

    List<Table> tables() {
        return tables;
    }

    /**
     * @param samples there will be, or {@link #OPEN_END}
     */
    void begin(int samples, RandomGenerator random) {
        count = samples;
        sizeAtBeginning = tables.stream().mapToLong(table -> table.counters().size).sum();
        offset = cells().size() > 1 ? random.nextDouble() : 0;
    }

    /** What the sample of this number is, or null if the tables are empty. */
    @Nullable Pick pick(int number, RandomGenerator random) {
        List<Cell> cells = cells();
        if (cells.isEmpty()) {
            return null;
        }
        Cell cell = cells.get(0);
        double left =
                count == OPEN_END ? (offset + number * GOLDEN) % 1 : (offset + number) / count;
        for (int i = 1; i < cells.size() && left >= cell.share(); i++) {
            left -= cell.share();
            cell = cells.get(i);
        }
        Lane lane = cell.lane();
        int slot = lane.sampler().select(random);
        return new Pick(
                new Place(lane, slot),
                cell.share() * lane.sampler().probability(slot),
                lane.timesSampled(slot) + 1,
                cell.table().counters().size);
    }

    void take(Pick pick) {
        taken.add(pick);
    }

    List<Long> valueNumbers() {
        return taken.stream().map(pick -> pick.place().number()).toList();
    }

    /** The samples that were taken, with their bytes. */
    List<Sample> samples(List<byte[]> values, long now, long version, boolean rateLimited) {
        double largest = 0;
        for (Pick pick : taken) {
            largest = Math.max(largest, weight(pick));
        }
        List<Sample> samples = new ArrayList<>(taken.size());
        for (int i = 0; i < taken.size(); i++) {
            Pick pick = taken.get(i);
            Lane lane = pick.place().lane();
            int slot = pick.place().slot();
            byte[] value = values.get(i);
            samples.add(
                    new Sample(
                            TableLayout.keyOf(value),
                            TableLayout.bytesOf(value),
                            pick.place().table().name(),
                            pick.probability(),
                            weight(pick) / largest,
                            pick.timesSampled(),
                            pick.tableSize(),
                            Duration.ofMillis(Math.max(0, now - lane.insertedAt(slot))),
                            version - lane.version(slot),
                            rateLimited));
        }
        return samples;
    }

    private double weight(Pick pick) {
        return importanceExponent == 0
                ? 1
                : StrictMath.pow(sizeAtBeginning * pick.probability(), -importanceExponent);
    }

    /** Strata with items; their shares are 1 together. */
    private List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        double ofTables = 0;
        for (int i = 0; i < tables.size(); i++) {
            ofTables += takesPart(i) ? tableShares[i] : 0;
        }
        for (int i = 0; i < tables.size(); i++) {
            if (takesPart(i)) {
                addCells(cells, tables.get(i), tableShares[i] / ofTables);
            }
        }
        return cells;
    }

    private boolean takesPart(int i) {
        Table table = tables.get(i);
        return table.counters().size > 0
                && (i == 0 || table.limiter().maySample(table.counters().stats(), 1));
    }

    private static void addCells(List<Cell> cells, Table table, double tableShare) {
        double ofLanes = 0;
        for (int i = 0; i < table.lanes().size(); i++) {
            ofLanes += table.lanes().get(i).size() > 0 ? table.share(i) : 0;
        }
        for (int i = 0; i < table.lanes().size(); i++) {
            Lane lane = table.lanes().get(i);
            // Items of no share are drawn where nothing else is left.
            double share = ofLanes > 0 ? table.share(i) / ofLanes : 1;
            if (lane.size() > 0 && share > 0) {
                cells.add(new Cell(table, lane, tableShare * share));
            }
        }
    }
}
