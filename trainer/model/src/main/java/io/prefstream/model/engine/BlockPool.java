package io.prefstream.model.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which sequence uses which blocks of the cache.
 *
 * <p>A full block is known by its tokens and the block before it, so that a later sequence with the
 * same beginning shares it (prefix caching, as in vLLM; here the tokens themselves are compared, so
 * that no collision can mix texts up). A block that nobody uses keeps its content until it is
 * needed: of those unused for long, the one that continues its new owner's row goes first.
 */
final class BlockPool {
    private static final long ROOT = -1;

    private final int blockTokens;
    private final int[] users;
    private final @Nullable Content[] contents;
    private final long[] serials;
    private final long[] freedAt;
    private final Map<Content, Integer> byContent = new HashMap<>();
    private final LinkedHashSet<Integer> free = new LinkedHashSet<>();
    private long nextSerial;
    private long freed;
    private long reusedTokens;

    /** Tokens of a block behind the block with this serial number. */
    private record Content(long parent, int[] tokens) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content that
                    && parent == that.parent
                    && Arrays.equals(tokens, that.tokens);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(parent) + Arrays.hashCode(tokens);
        }
    }

    BlockPool(int blocks, int blockTokens) {
        this.blockTokens = blockTokens;
        users = new int[blocks];
        contents = new Content[blocks];
        serials = new long[blocks];
        freedAt = new long[blocks];
        for (int block = 0; block < blocks; block++) {
            free.add(block);
        }
    }

    int blockTokens() {
        return blockTokens;
    }

    int blocks() {
        return users.length;
    }

    int freeBlocks() {
        return free.size();
    }

    /** Tokens that did not have to be computed again. */
    long reusedTokens() {
        return reusedTokens;
    }

    /** Blocks that hold {@code tokens} tokens. */
    int blocksFor(int tokens) {
        return (tokens + blockTokens - 1) / blockTokens;
    }

    /**
     * Takes the known full blocks of a text's beginning, at most {@code limit} tokens of it.
     *
     * @return their blocks, in order
     */
    int[] reuse(int[] tokens, int limit) {
        int[] found = new int[limit / blockTokens];
        int count = 0;
        long parent = ROOT;
        while (count < found.length) {
            @Nullable Integer block = byContent.get(content(parent, tokens, count));
            if (block == null) {
                break;
            }
            take(block);
            found[count++] = block;
            parent = serials[block];
        }
        reusedTokens += (long) count * blockTokens;
        return Arrays.copyOf(found, count);
    }

    /**
     * Takes an unused block: the one behind {@code after}, so that a sequence's blocks lie in a
     * row, if it is of the older half of the unused ones; else the one unused for longest.
     *
     * @param after the sequence's last block; -1 when it has none
     * @return the block, or -1 when there is none
     */
    int allocate(int after) {
        if (free.isEmpty()) {
            return -1;
        }
        int oldest = free.iterator().next();
        int next = after + 1;
        int block = after >= 0 && next < users.length && old(next, oldest) ? next : oldest;
        forget(block);
        take(block);
        return block;
    }

    private boolean old(int block, int oldest) {
        long age = freed - freedAt[oldest];
        return users[block] == 0 && 2 * (freed - freedAt[block]) >= age;
    }

    /** Makes block {@code index} of a sequence known, now that all of its tokens are computed. */
    void filled(int[] table, int index, int[] tokens) {
        long parent = index == 0 ? ROOT : serials[table[index - 1]];
        if (index > 0 && contents[table[index - 1]] == null) {
            return;
        }
        Content content = content(parent, tokens, index);
        if (byContent.putIfAbsent(content, table[index]) == null) {
            contents[table[index]] = content;
            serials[table[index]] = nextSerial++;
        }
    }

    /** Gives a sequence's blocks back, its last ones to be used up first. */
    void release(int[] table, int count) {
        for (int i = count - 1; i >= 0; i--) {
            int block = table[i];
            if (--users[block] == 0) {
                freedAt[block] = ++freed;
                free.add(block);
            }
        }
    }

    private void take(int block) {
        if (users[block]++ == 0) {
            free.remove(block);
        }
    }

    private void forget(int block) {
        @Nullable Content content = contents[block];
        if (content != null) {
            byContent.remove(content);
            contents[block] = null;
        }
    }

    private Content content(long parent, int[] tokens, int index) {
        return new Content(
                parent, Arrays.copyOfRange(tokens, index * blockTokens, (index + 1) * blockTokens));
    }
}
