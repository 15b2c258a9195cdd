package io.prefstream.model.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one step, row after row, and what is read from them. Rows are in groups that attend
 * together: sequences with equally many new tokens and cache tables of one width.
 */
final class StepBatch {
    private final int blockTokens;
    private final Longs ids = new Longs();
    private final Longs positions = new Longs();
    private final Longs slots = new Longs();
    private final Longs sampled = new Longs();
    private final Longs likely = new Longs();
    private final Longs targets = new Longs();
    private final Longs rewarded = new Longs();
    private final Longs penalized = new Longs();
    private final List<Double> penalties = new ArrayList<>();
    private final List<Double> temperatures = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private boolean scores;
    private boolean probabilities;
    private boolean likeliest;

    private record Group(int start, int newTokens, int width, long[] tables) {
        int sequences() {
            return tables.length / width;
        }

        /** The first block of a lone sequence whose blocks lie in a row: read in place. Else -1. */
        long run() {
            for (int i = 1; i < tables.length; i++) {
                if (tables[i] != tables[0] + i) {
                    return -1;
                }
            }
            return sequences() == 1 ? tables[0] : -1;
        }
    }

    /**
     * @param blockTokens tokens of a cache block
     */
    StepBatch(int blockTokens) {
        this.blockTokens = blockTokens;
    }

    /**
     * Begins a group.
     *
     * @param tables cache blocks of each sequence; the group's are read to the longest of them
     */
    void group(int newTokens, List<int[]> tables) {
        int width = 0;
        for (int[] table : tables) {
            width = Math.max(width, table.length);
        }
        long[] flat = new long[tables.size() * width];
        for (int i = 0; i < tables.size(); i++) {
            int[] table = tables.get(i);
            for (int j = 0; j < table.length; j++) {
                flat[i * width + j] = table[j];
            }
        }
        groups.add(new Group(ids.size, newTokens, width, flat));
    }

    /** Adds a token of the group's next sequence; its key and value are written to the slot. */
    int token(int id, int position, long slot) {
        ids.add(id);
        positions.add(position);
        slots.add(slot);
        return ids.size - 1;
    }

    /**
     * Adds the last token so many times more: what is computed of it is the same again, and what is
     * written too.
     */
    void again(int times) {
        int last = ids.size - 1;
        for (int i = 0; i < times; i++) {
            token((int) ids.values[last], (int) positions.values[last], slots.values[last]);
        }
    }

    /**
     * The row's next token is asked for.
     *
     * @param temperature 0 for the likeliest token, which needs no probabilities
     * @param scored whether log-probabilities of other tokens than the likeliest are asked for
     * @return the index among sampled rows
     */
    int sample(int row, double temperature, boolean scored) {
        sampled.add(row);
        temperatures.add(temperature == 0 ? 1 : temperature);
        probabilities |= temperature > 0;
        likeliest |= temperature == 0;
        scores |= scored;
        return sampled.size - 1;
    }

    /** Divides a positive logit of a sampled row, multiplies a negative one. */
    void penalize(int sampledIndex, int vocabSize, int token, double penalty) {
        penalized.add((long) sampledIndex * vocabSize + token);
        penalties.add(penalty);
    }

    /** The log-probability of {@code target} after this row is asked for. */
    int likelihood(int row, int target) {
        likely.add(row);
        targets.add(target);
        return likely.size - 1;
    }

    int reward(int row) {
        rewarded.add(row);
        return rewarded.size - 1;
    }

    int tokens() {
        return ids.size;
    }

    /** Rows whose next token is asked for. */
    int sampled() {
        return sampled.size;
    }

    /** Whether any of them takes the likeliest. */
    boolean likeliest() {
        return likeliest;
    }

    /** Whether log-probabilities of whole rows are asked for. */
    boolean scores() {
        return scores;
    }

    /** Whether any row's next token is drawn. */
    boolean probabilities() {
        return probabilities;
    }

    /** Whether any row's likelihood is asked for. */
    boolean likely() {
        return likely.size > 0;
    }

    /** Whether any row's reward is asked for. */
    boolean rewarded() {
        return rewarded.size > 0;
    }

    /**
     * The step as the kernel reads it: how many groups, tokens, rows that are sampled, likely and
     * rewarded, and penalties there are, and whether scores, probabilities and the likeliest tokens
     * are wanted; of each group its sequences, their new tokens, the width of their tables, the
     * positions attended to and the first block of a run; then token ids, positions, slots, the
     * groups' tables, and the rows of each kind.
     */
    long[] plan() {
        Longs plan = new Longs();
        plan.add(groups.size());
        for (Longs part : List.of(ids, sampled, likely, rewarded, penalized)) {
            plan.add(part.size);
        }
        plan.add(scores ? 1 : 0);
        plan.add(probabilities ? 1 : 0);
        plan.add(likeliest ? 1 : 0);
        for (Group group : groups) {
            plan.add(group.sequences());
            plan.add(group.newTokens);
            plan.add(group.width);
            plan.add(span(group));
            plan.add(group.run());
        }
        for (Longs part : List.of(ids, positions, slots)) {
            plan.addAll(part.values, part.size);
        }
        for (Group group : groups) {
            plan.addAll(group.tables, group.tables.length);
        }
        for (Longs part : List.of(sampled, likely, targets, rewarded, penalized)) {
            plan.addAll(part.values, part.size);
        }
        return Arrays.copyOf(plan.values, plan.size);
    }

    /** The penalties, then the temperature of each sampled row. */
    double[] numbers() {
        double[] numbers = new double[penalties.size() + temperatures.size()];
        for (int i = 0; i < numbers.length; i++) {
            int temperature = i - penalties.size();
            numbers[i] = temperature < 0 ? penalties.get(i) : temperatures.get(temperature);
        }
        return numbers;
    }

    /**
     * Positions that a group attends to: all that its tables hold, of which a mask then leaves each
     * token its own, or, where each sequence has one new token at the same position, no more than
     * that.
     */
    private long span(Group group) {
        long first = positions.values[group.start];
        boolean same = group.newTokens == 1;
        for (int i = 1; same && i < group.sequences(); i++) {
            same = positions.values[group.start + i] == first;
        }
        return same ? first + 1 : (long) group.width * blockTokens;
    }

    private static final class Longs {
        long[] values = new long[64];
        int size;

        void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        void addAll(long[] others, int count) {
            if (size + count > values.length) {
                values = Arrays.copyOf(values, 2 * (size + count));
            }
            System.arraycopy(others, 0, values, size, count);
            size += count;
        }
    }
}
