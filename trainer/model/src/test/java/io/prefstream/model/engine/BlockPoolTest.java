package io.prefstream.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlockPoolTest {
    private static final int NONE = -1;
    private static final int TOKENS = 2;

    @Test
    void aSequencesBlocksLieInARow() {
        BlockPool pool = new BlockPool(8, TOKENS);
        int[] first = {pool.allocate(NONE), 0, 0};
        first[1] = pool.allocate(first[0]);
        first[2] = pool.allocate(first[1]);
        assertThat(first).containsExactly(0, 1, 2);
        pool.release(first, 3);
        assertThat(pool.allocate(NONE)).isEqualTo(3);
        assertThat(pool.allocate(3)).isEqualTo(4);
    }

    @Test
    void aUsedBlockEndsARow() {
        BlockPool pool = new BlockPool(4, TOKENS);
        assertThat(pool.allocate(NONE)).isEqualTo(0);
        assertThat(pool.allocate(NONE)).isEqualTo(1);
        assertThat(pool.allocate(0)).isEqualTo(2);
        assertThat(pool.allocate(NONE)).isEqualTo(3);
        assertThat(pool.allocate(3)).isEqualTo(NONE);
    }

    @Test
    void aRowDoesNotTakeWhatWasUsedLately() {
        BlockPool pool = new BlockPool(4, TOKENS);
        int[] tokens = {5, 6, 7, 8, 9, 10, 11, 12};
        int[] table = {0, 0, 0, 0};
        for (int i = 0; i < table.length; i++) {
            table[i] = pool.allocate(i - 1);
            pool.filled(table, i, tokens);
        }
        pool.release(table, 4);
        // The longest unused is the last; behind block 0 lies one that was released after it.
        assertThat(pool.reuse(tokens, TOKENS)).containsExactly(0);
        assertThat(pool.allocate(0)).isEqualTo(3);
        assertThat(pool.allocate(3)).isEqualTo(2);
        assertThat(pool.reuse(tokens, 2 * TOKENS)).containsExactly(0, 1);
    }
}
