package io.prefstream.trainer.pairs;

import java.util.List;
import java.util.Map;

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

    private BenchmarkLayouts() {}

    static Comparison rewardBench2(Row row) {
        List<String> chosen = row.strings("chosen");
        int correct = row.integer("num_correct");
        if (correct != chosen.size()) {
            throw row.wrong(
                    "num_correct=%d, but chosen holds %d answers"
                            .formatted(correct, chosen.size()));
        }
        return row.comparison(
                row.asked("prompt"), row.string("subset"), chosen, row.strings("rejected"));
    }

    static Comparison rmBench(Row row) {
        List<String> chosen = row.strings("chosen");
        List<String> rejected = row.strings("rejected");
        if (chosen.size() != STYLES || rejected.size() != STYLES) {
            throw row.wrong(
                    "expected %d chosen and %d rejected answers, found %d and %d"
                            .formatted(STYLES, STYLES, chosen.size(), rejected.size()));
        }
        return row.comparison(row.asked("prompt"), row.string("domain"), chosen, rejected);
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
