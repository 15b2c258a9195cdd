package io.prefstream.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tokens of one step, row after row, and what is read from them. Rows are in groups that attend
 * together: sequences with equally many new tokens and cache tables of one width.
 */
final class StepBatch {
    private final Longs ids = new Longs();
    private final Longs positions = new Longs();
    private final Longs slots = new Longs();
    private final Longs sampled = new Longs();
    private final Floats temperatures = new Floats();
    private final Longs penalized = new Longs();
    private final Floats penalties = new Floats();
    private final Longs likely = new Longs();
    private final Longs targets = new Longs();
    private final Longs rewarded = new Longs();
    private final List<Group> groups = new ArrayList<>();

    private record Group(int start, int newTokens, int width, long[] tables) {}

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

    /** The row's next token is asked for; returns the index of the row's logits. */
    int sample(int row, double temperature) {
        sampled.add(row);
        temperatures.add((float) temperature);
        return sampled.size - 1;
    }

    /** Divides a positive logit of a sampled row, multiplies a negative one. */
    void penalize(int sampledIndex, int vocabSize, int token, double penalty) {
        penalized.add((long) sampledIndex * vocabSize + token);
        penalties.add((float) penalty);
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

    /** Kernel inputs, in the order of {@code step}; {@code none} stands for whatever is empty. */
    NDList inputs(NDManager scope, NDArray none, boolean probabilities) {
        NDList inputs = new NDList();
        for (Group group : groups) {
            int rows = group.tables.length / group.width;
            NDArray table = scope.create(group.tables, new Shape(rows, group.width));
            table.setName("t[]");
            inputs.add(table);
        }
        for (Group group : groups) {
            int rows = group.tables.length / group.width;
            int end = group.start + rows * group.newTokens;
            NDArray array =
                    scope.create(
                            Arrays.copyOfRange(positions.values, group.start, end),
                            new Shape(rows, group.newTokens));
            array.setName("p[]");
            inputs.add(array);
        }
        inputs.add(ids.array(scope, none));
        inputs.add(slots.array(scope, none));
        inputs.add(sampled.array(scope, none));
        inputs.add(probabilities ? temperatures.array(scope, none) : none);
        inputs.add(penalized.array(scope, none));
        inputs.add(penalties.array(scope, none));
        inputs.add(likely.array(scope, none));
        inputs.add(targets.array(scope, none));
        inputs.add(rewarded.array(scope, none));
        return inputs;
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

        NDArray array(NDManager scope, NDArray none) {
            return size == 0 ? none : scope.create(Arrays.copyOf(values, size));
        }
    }

    private static final class Floats {
        float[] values = new float[64];
        int size;

        void add(float value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        NDArray array(NDManager scope, NDArray none) {
            return size == 0 ? none : scope.create(Arrays.copyOf(values, size));
        }
    }
}
