package io.prefstream.model.engine;

import io.prefstream.generation.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The turns of a step as rows of a batch, and what was asked of which row. */
final class StepRows {
    /** A group may have this share of padding beside what is its sequences'. */
    private static final double PADDING = 0.25;

    final StepBatch batch;
    private final List<Row> rows = new ArrayList<>();
    private final int blockTokens;
    private final int vocabSize;
    private long attended;
    private long useful;

    /** Indices of what is read for a turn; -1 for nothing. */
    private record Row(Scheduler.Turn turn, int sampled, int likely, int likelies, int reward) {}

    /**
     * What a step gave for a turn.
     *
     * @param chosen the text's next token; null when none was asked for
     * @param top the likeliest tokens in its place, as many as the text asks for
     * @param logLikelihood sum over the turn's tokens that count
     * @param reward NaN when none was asked for
     * @param finite whether all that was asked for are numbers; there is no token otherwise
     */
    record Outcome(
            Scheduler.Turn turn,
            TokenListener.@Nullable Chosen chosen,
            List<TokenListener.Chosen> top,
            double logLikelihood,
            float reward,
            boolean finite) {}

    /** Turns of about one length lie beside each other, so that they attend together. */
    StepRows(List<Scheduler.Turn> turns, EngineOptions options, int vocabSize) {
        List<Scheduler.Turn> sorted = new ArrayList<>(turns);
        sorted.sort(
                Comparator.comparingInt(Scheduler.Turn::count)
                        .thenComparingInt(turn -> turn.sequence().blocks));
        this.vocabSize = vocabSize;
        blockTokens = options.blockTokens();
        batch = new StepBatch(blockTokens);
        int start = 0;
        Extent extent = Extent.NONE;
        for (int i = 0; i < sorted.size(); i++) {
            Extent wider = extent.with(sorted.get(i));
            if (i > start && wider.tooPadded(i + 1 - start, options)) {
                group(sorted.subList(start, i));
                start = i;
                wider = Extent.NONE.with(sorted.get(i));
            }
            extent = wider;
        }
        if (!sorted.isEmpty()) {
            group(sorted.subList(start, sorted.size()));
        }
    }

    /** What turns have together, and the most of one. */
    private record Extent(long rows, long blocks, int mostRows, int mostBlocks) {
        static final Extent NONE = new Extent(0, 0, 0, 0);

        Extent with(Scheduler.Turn turn) {
            int width = turn.sequence().blocks;
            return new Extent(
                    rows + turn.count(),
                    blocks + width,
                    Math.max(mostRows, turn.count()),
                    Math.max(mostBlocks, width));
        }

        /** Whether so many turns would have more padding together than another group costs. */
        boolean tooPadded(int turns, EngineOptions options) {
            return (long) mostRows * turns - rows > options.paddedRows()
                    || (long) mostBlocks * turns - blocks
                            > PADDING * blocks + options.paddedBlocks();
        }
    }

    private void group(List<Scheduler.Turn> turns) {
        List<int[]> tables = new ArrayList<>();
        int widest = 0;
        for (Scheduler.Turn turn : turns) {
            Sequence sequence = turn.sequence();
            tables.add(Arrays.copyOf(sequence.table, sequence.blocks));
            widest = Math.max(widest, sequence.blocks);
            useful += sequence.computed + turn.count();
        }
        attended += (long) widest * blockTokens * turns.size();
        int most = turns.get(turns.size() - 1).count();
        batch.group(most, tables);
        for (Scheduler.Turn turn : turns) {
            add(turn);
            batch.again(most - turn.count());
        }
    }

    private void add(Scheduler.Turn turn) {
        Sequence sequence = turn.sequence();
        int first = -1;
        int count = 0;
        int row = -1;
        for (int i = sequence.computed; i < sequence.computed + turn.count(); i++) {
            long slot = (long) sequence.table[i / blockTokens] * blockTokens + i % blockTokens;
            row = batch.token(sequence.tokens[i], i, slot);
            if (sequence.work instanceof Sequence.Score score
                    && i + 1 >= score.from()
                    && i + 1 < sequence.length) {
                int index = batch.likelihood(row, sequence.tokens[i + 1]);
                first = count == 0 ? index : first;
                count++;
            }
        }
        boolean complete = sequence.computed + turn.count() == sequence.length;
        int sampled = -1;
        int reward = -1;
        if (complete && sequence.work instanceof Sequence.Continue c) {
            sampled = sample(sequence, c, row);
        } else if (complete && sequence.work instanceof Sequence.Score s && s.reward()) {
            reward = batch.reward(row);
        }
        rows.add(new Row(turn, sampled, first, count, reward));
    }

    private int sample(Sequence sequence, Sequence.Continue work, int row) {
        Sampling sampling = work.sampling();
        double temperature = sampling.greedy() ? 0 : sampling.temperature();
        int index = batch.sample(row, temperature, temperature > 0 || work.top() > 0);
        if (sampling.repetitionPenalty() != 1) {
            IntStream.range(0, sequence.length)
                    .map(i -> sequence.tokens[i])
                    .distinct()
                    .forEach(
                            token ->
                                    batch.penalize(
                                            index, vocabSize, token, sampling.repetitionPenalty()));
        }
        return index;
    }

    List<Scheduler.Turn> turns() {
        return rows.stream().map(Row::turn).toList();
    }

    /** Reads what was asked for, and draws the next tokens. */
    List<Outcome> outcomes(StepOutput output) {
        return rows.stream().map(row -> outcome(row, output)).toList();
    }

    private static Outcome outcome(Row row, StepOutput output) {
        TokenListener.@Nullable Chosen chosen = null;
        List<TokenListener.Chosen> top = List.of();
        boolean finite = true;
        if (row.turn.sequence().work instanceof Sequence.Continue c && row.sampled >= 0) {
            chosen = choose(row, c, output);
            finite = chosen != null;
            top = finite ? output.top(row.sampled, c.top()) : top;
        }
        double likelihood = 0;
        for (int i = 0; i < row.likelies; i++) {
            likelihood += output.likelihoods[row.likely + i];
        }
        float reward = row.reward < 0 ? Float.NaN : output.rewards[row.reward];
        finite &= Double.isFinite(likelihood) && (row.reward < 0 || Float.isFinite(reward));
        return new Outcome(row.turn, chosen, top, likelihood, reward, finite);
    }

    /** Null where the logits are not finite: all (log-)probabilities of a row are NaN then. */
    private static TokenListener.@Nullable Chosen choose(
            Row row, Sequence.Continue work, StepOutput output) {
        int token;
        if (work.sampling().greedy()) {
            token = output.best(row.sampled);
        } else {
            float[] probabilities = output.probabilities(row.sampled);
            if (Float.isNaN(probabilities[0])) {
                return null;
            }
            double uniform = Sampler.uniform(work.seed(), row.turn.sequence().length);
            token = Sampler.choose(probabilities, work.sampling(), uniform);
        }
        float score = output.logProbability(row.sampled, token);
        return Float.isFinite(score) ? new TokenListener.Chosen(token, score) : null;
    }

    /** Cache positions that attention reads. */
    long attended() {
        return attended;
    }

    /** Those of them that hold something of their sequence. */
    long useful() {
        return useful;
    }
}
