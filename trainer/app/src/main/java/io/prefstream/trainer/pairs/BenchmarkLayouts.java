package io.prefstream.trainer.pairs;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Files of the benchmarks of reward models, as they are published. */
final class BenchmarkLayouts {

    /** RM-Bench's styles: concise, detailed, detailed in Markdown. */
    private static final int STYLES = 3;

    private static final Map<String, String> JUDGE_BENCH_GROUPS =
            Map.of(
                    "mmlu-pro", "knowledge",
                    "livebench-reasoning", "reasoning",
                    "livebench-math", "math",
                    "livecodebench", "coding");

    /** RewardBench 2's subset whose rows belong together by their names. */
    private static final String TIES = "Ties";

    private static final Pattern TIES_NAME = Pattern.compile("(ref|tied):\\d+");

    private BenchmarkLayouts() {}

    static Comparison rewardBench2(Row row) {
        List<String> chosen = row.strings("chosen");
        int correct = row.integer("num_correct");
        if (correct != chosen.size()) {
            throw row.wrong(
                    "num_correct=%d, but chosen holds %d answers"
                            .formatted(correct, chosen.size()));
        }
        String subset = row.string("subset");
        if (subset.equalsIgnoreCase(TIES) && !TIES_NAME.matcher(row.value("id", "")).matches()) {
            throw row.wrong(
                    "id: expected ref:N or tied:N in subset Ties, found "
                            + row.value("id", "none"));
        }
        return row.comparison(row.asked("prompt"), subset, chosen, row.strings("rejected"));
    }

    static Comparison rmBench(Row row) {
        List<String> chosen = row.strings("chosen");
        List<String> rejected = row.strings("rejected");
        if (chosen.size() != STYLES || rejected.size() != STYLES) {
            throw row.wrong(
                    "expected %d chosen and %d rejected answers, found %d and %d"
                            .formatted(STYLES, STYLES, chosen.size(), rejected.size()));
        }
        String domain = row.value("domain", ComparisonFile.ALL);
        return row.comparison(row.asked("prompt"), domain, chosen, rejected);
    }

    static Comparison judgeBench(Row row) {
        String label = row.string("label");
        boolean first = label.equals("A>B");
        if (!first && !label.equals("B>A")) {
            throw row.wrong("label=" + label + " is neither A>B nor B>A");
        }
        String source = row.string("source");
        String group =
                JUDGE_BENCH_GROUPS.entrySet().stream()
                        .filter(entry -> source.startsWith(entry.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst()
                        .orElse(source);
        String a = row.string("response_A");
        String b = row.string("response_B");
        return row.comparison(
                row.asked("question"), group, List.of(first ? a : b), List.of(first ? b : a));
    }
}
