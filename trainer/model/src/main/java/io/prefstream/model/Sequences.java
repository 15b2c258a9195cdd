package io.prefstream.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Token sequences padded on the right to one length, [rows × length]. */
record Sequences(List<int[]> rows, int length, int padTokenId) {

    /** Checks that every sequence fits the model. */
    static Sequences of(List<int[]> rows, DecoderModel model) {
        int longest = 0;
        for (int[] row : rows) {
            model.requireFits(row);
            longest = Math.max(longest, row.length);
        }
        if (longest == 0) {
            throw new IllegalArgumentException("no token to run");
        }
        return new Sequences(rows, PairBatch.padded(longest), model.config().padTokenId());
    }

    /** int64, [rows × length]. */
    NDArray ids(NDManager manager) {
        long[] ids = new long[rows.size() * length];
        for (int row = 0; row < rows.size(); row++) {
            int[] tokens = rows.get(row);
            for (int i = 0; i < length; i++) {
                ids[row * length + i] = i < tokens.length ? tokens[i] : padTokenId;
            }
        }
        return manager.create(ids, new Shape(rows.size(), length));
    }

    /** Index of each row's last real token in the flattened rows. */
    long[] lastPositions() {
        long[] last = new long[rows.size()];
        for (int row = 0; row < last.length; row++) {
            last[row] = (long) row * length + rows.get(row).length - 1;
        }
        return last;
    }
}
