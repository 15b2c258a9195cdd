package io.prefstream.model.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides which tokens of which sequences make up a step. Knows no kernels and no clock.
 *
 * <p>Sequences that generate come first with one token each; what is left of the token budget goes
 * to prompts, in chunks, in order of admission. A sequence is admitted when its prompt and the
 * answer that is expected fit the blocks that are free and not expected to be needed by those that
 * run. When the expectation was too low the last one admitted gives its blocks up and starts again
 * later: its tokens are kept and its text does not change.
 */
final class Scheduler {
    private final BlockPool pool;
    private final FairQueue waiting;
    private final List<Sequence> running = new ArrayList<>();
    private int maxSequences;
    private int tokensPerStep;
    private long preemptions;

    /** Share of the asked tokens that answers have used lately. */
    private double expectedShare = 1;

    /** So many of a sequence's next tokens. */
    record Turn(Sequence sequence, int count) {}

    Scheduler(BlockPool pool, FairQueue waiting, int maxSequences, int tokensPerStep) {
        this.pool = pool;
        this.waiting = waiting;
        this.maxSequences = maxSequences;
        this.tokensPerStep = tokensPerStep;
    }

    List<Sequence> running() {
        return running;
    }

    long preemptions() {
        return preemptions;
    }

    int maxSequences() {
        return maxSequences;
    }

    int tokensPerStep() {
        return tokensPerStep;
    }

    /** The turns of the next step; none when nothing can run. */
    List<Turn> plan(boolean admit) {
        if (admit) {
            admit();
        }
        List<Turn> turns = new ArrayList<>();
        int budget = tokensPerStep;
        for (Sequence sequence : List.copyOf(running)) {
            if (sequence.remaining() == 1 && budget > 0 && reserve(sequence, 1, turns)) {
                turns.add(new Turn(sequence, 1));
                budget--;
            }
        }
        for (Sequence sequence : List.copyOf(running)) {
            int count = Math.min(sequence.remaining(), budget);
            if (sequence.remaining() > 1 && count > 0 && reserve(sequence, count, turns)) {
                turns.add(new Turn(sequence, count));
                budget -= count;
            }
        }
        return turns;
    }

    /** After a turn: its blocks that became full are known from now on. */
    void computed(Turn turn) {
        Sequence sequence = turn.sequence;
        int blockTokens = pool.blockTokens();
        int full = sequence.computed / blockTokens;
        sequence.computed += turn.count;
        for (int block = full; block < sequence.computed / blockTokens; block++) {
            pool.filled(sequence.table, block, sequence.tokens);
        }
    }

    /** Takes a sequence out for good. */
    void finish(Sequence sequence) {
        if (running.remove(sequence)) {
            free(sequence);
        }
        if (sequence.work instanceof Sequence.Continue c) {
            double used = (double) (sequence.length - sequence.promptLength) / c.maxTokens();
            expectedShare += 0.05 * (used - expectedShare);
        }
    }

    /**
     * Halves the limits and makes the later half of the sequences wait.
     *
     * @return false when there is nothing left to halve
     */
    boolean shrink() {
        if (tokensPerStep == 1 || (running.size() <= 1 && tokensPerStep <= 16)) {
            return false;
        }
        tokensPerStep = Math.max(1, tokensPerStep / 2);
        maxSequences = Math.max(1, Math.min(maxSequences / 2, tokensPerStep));
        while (running.size() > maxSequences) {
            preempt(running.get(running.size() - 1));
        }
        return true;
    }

    private void admit() {
        while (running.size() < maxSequences) {
            @Nullable Sequence next = waiting.peek();
            if (next == null || !fits(next)) {
                return;
            }
            waiting.poll();
            for (int block : pool.reuse(next.tokens, next.reusable())) {
                next.addBlock(block);
            }
            next.computed = next.blocks * pool.blockTokens();
            running.add(next);
        }
    }

    private boolean fits(Sequence next) {
        if (running.isEmpty()) {
            return true;
        }
        int promised = 0;
        for (Sequence sequence : running) {
            promised += Math.max(0, pool.blocksFor(expected(sequence)) - sequence.blocks);
        }
        return pool.freeBlocks() - promised >= pool.blocksFor(expected(next));
    }

    private int expected(Sequence sequence) {
        int answer = sequence.longest() - sequence.promptLength;
        int likely = sequence.promptLength + (int) Math.ceil(answer * expectedShare);
        return Math.min(sequence.longest(), Math.max(likely, sequence.length + 1));
    }

    /** Gets blocks for the next {@code count} tokens, from those admitted later if need be. */
    private boolean reserve(Sequence sequence, int count, List<Turn> turns) {
        if (!running.contains(sequence)) {
            return false;
        }
        int needed = pool.blocksFor(sequence.computed + count);
        while (sequence.blocks < needed) {
            int block = pool.allocate(sequence.lastBlock());
            if (block >= 0) {
                sequence.addBlock(block);
                continue;
            }
            Sequence last = running.get(running.size() - 1);
            turns.removeIf(turn -> turn.sequence == last);
            preempt(last);
            if (last == sequence) {
                return false;
            }
        }
        return true;
    }

    private void preempt(Sequence sequence) {
        running.remove(sequence);
        free(sequence);
        sequence.computed = 0;
        waiting.putBack(sequence);
        preemptions++;
    }

    private void free(Sequence sequence) {
        pool.release(sequence.table, sequence.blocks);
        sequence.blocks = 0;
    }
}
