package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Layouts of files of comparisons.
 *
 * <p>Of files of pairs every column must be known, so that a misspelt one is not passed over; the
 * benchmarks' own files may hold more than is read.
 */
public enum PairFormat {
    /** TRL's columns: {@code prompt}, {@code chosen}, {@code rejected}; texts or conversations. */
    TRL(TrlLayout::read, Set.of("prompt", "chosen", "rejected")),
    /** CodePMP's Math-Shepherd pairs: {@code question}, {@code chosen}, {@code rejected}. */
    MATH_SHEPHERD(CodePmpLayouts::mathShepherd, Set.of("question", "chosen", "rejected")),
    /**
     * CodePMP's ReClor pairs: {@code context}, {@code question}, {@code chosen}, {@code rejected};
     * or ReClor's own questions: {@code context}, {@code question}, {@code answers}, {@code label}.
     */
    RECLOR(
            CodePmpLayouts::reclor,
            Set.of("context", "question", "chosen", "rejected", "answers", "label", "id_string")),
    /**
     * CodePMP's LogiQA 2.0 pairs, which have ReClor's columns; or LogiQA 2.0's own questions:
     * {@code text}, {@code question}, {@code options}, {@code answer}.
     */
    LOGIQA2(
            CodePmpLayouts::logiqa2,
            Set.of(
                    "context",
                    "question",
                    "chosen",
                    "rejected",
                    "text",
                    "options",
                    "answer",
                    "type")),
    /** RewardBench 2: one chosen answer and three rejected, or many of both (subset Ties). */
    REWARD_BENCH_2(
            BenchmarkLayouts::rewardBench2,
            Set.of("id", "prompt", "chosen", "rejected", "subset", "num_correct")),
    /**
     * RM-Bench: three styles of one chosen and of one rejected answer; all domains in one file, or
     * a domain's.
     */
    RM_BENCH(BenchmarkLayouts::rmBench, Set.of("prompt", "chosen", "rejected", "domain")),
    /** JudgeBench: two responses and a label {@code A>B} or {@code B>A}. */
    JUDGE_BENCH(
            BenchmarkLayouts::judgeBench,
            Set.of("question", "response_A", "response_B", "label", "source"));

    /** What a row of pairs may say beside them. */
    static final Set<String> OPTIONAL =
            Set.of("id", "group", "split", "repository", "path", "language", "licence");

    private final Function<Row, Comparison> layout;
    private final Set<String> columns;

    PairFormat(Function<Row, Comparison> layout, Set<String> columns) {
        this.layout = layout;
        this.columns = columns;
    }

    /**
     * What a row says.
     *
     * @throws WrongRowException if a column isn't as it should be
     */
    Comparison comparison(Row row) {
        return layout.apply(row);
    }

    /** The columns that it reads. */
    Set<String> columns() {
        return columns;
    }

    /** Whether it is for training too, and not a benchmark of reward models alone. */
    public boolean trains() {
        return this != REWARD_BENCH_2 && this != RM_BENCH && this != JUDGE_BENCH;
    }

    /** The layout that a row has by its columns. */
    static PairFormat of(JsonNode row) {
        if (row.has("response_A") && row.has("response_B")) {
            return JUDGE_BENCH;
        }
        if (!row.has("prompt") && row.has("question")) {
            return row.has("options") ? LOGIQA2 : row.has("context") ? RECLOR : MATH_SHEPHERD;
        }
        if (row.path("chosen").path(0).isTextual()) {
            return row.has("num_correct") ? REWARD_BENCH_2 : RM_BENCH;
        }
        return TRL;
    }

    /** Its name as it is written on the command line: {@code rm-bench}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
