package io.prefstream.model.engine;

import io.prefstream.generation.Sampling;
import java.util.Arrays;
import java.util.Set;

/**
 * One text in the engine: its tokens, how many of them the cache holds, and where.
 *
 * <p>Guarded by the engine's lock once it is queued, but for {@link #cancelled}; while a step has a
 * turn of it, only that step's thread changes it.
 */
final class Sequence {
    final Work work;
    final String client;

    /** {@link System#nanoTime} after which it is given up; {@link Long#MAX_VALUE} for never. */
    final long deadline;

    final long queuedAt;
    final int promptLength;
    int[] tokens;
    int length;
    int computed;

    /** Tokens of its turn in a step that is under way; 0 when there is none. */
    int underWay;

    int[] table = {};
    int blocks;
    double logLikelihood;

    /** Whether it was ever admitted. */
    boolean admitted;

    volatile boolean cancelled;

    /** What is done with the text. */
    sealed interface Work {}

    /**
     * It is continued.
     *
     * @param ends tokens that end it, themselves left out
     * @param top alternatives asked for with each token; -1 when not even the token's own
     *     log-probability is
     */
    record Continue(
            Sampling sampling,
            int maxTokens,
            Set<Integer> ends,
            long seed,
            int top,
            TokenListener listener)
            implements Work {}

    /**
     * It is scored.
     *
     * @param from index of the first token whose log-probability counts; the length for none
     */
    record Score(int from, boolean reward, ScoreListener listener) implements Work {}

    Sequence(int[] tokens, Work work, String client, long queuedAt, long deadline) {
        this.tokens = tokens;
        this.work = work;
        this.client = client;
        this.queuedAt = queuedAt;
        this.deadline = deadline;
        length = tokens.length;
        promptLength = tokens.length;
    }

    /** Tokens that the cache does not hold yet. */
    int remaining() {
        return length - computed;
    }

    /** Forgets what was computed: nothing of it is in the cache any more. */
    void startAgain() {
        computed = 0;
        logLikelihood = 0;
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length + Math.max(16, length / 2));
        }
        tokens[length++] = token;
    }

    /** Tokens that it has at most. */
    int longest() {
        return work instanceof Continue c ? promptLength + c.maxTokens() : length;
    }

    /** How many of its first tokens may come from another sequence's cache. */
    int reusable() {
        return work instanceof Score s
                ? Math.max(0, Math.min(length - 1, s.from() - 1))
                : length - 1;
    }

    void addBlock(int block) {
        if (blocks == table.length) {
            table = Arrays.copyOf(table, Math.max(8, 2 * blocks));
        }
        table[blocks++] = block;
    }

    /** Its last cache block, or -1. */
    int lastBlock() {
        return blocks == 0 ? -1 : table[blocks - 1];
    }

    void fail(Throwable why) {
        if (work instanceof Continue c) {
            c.listener().failed(why);
        } else if (work instanceof Score s) {
            s.listener().failed(why);
        }
    }
}
