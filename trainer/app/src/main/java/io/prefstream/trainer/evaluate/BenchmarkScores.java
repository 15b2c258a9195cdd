package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Scores as the benchmarks define them, which is not everywhere accuracy over pairs. */
final class BenchmarkScores {
    private static final String OVERALL = "overall";
    private static final String TIES = "ties";
    private static final String SAFETY = "safety";

    private BenchmarkScores() {}

    /**
     * RewardBench 2 (allenai/reward-bench, {@code scripts/run_v2.py}), a score a subset and their
     * mean. A row counts as in {@link #first}; of the subset Ties see {@link #ties}, which is left
     * out where it has no score.
     */
    static Map<String, Double> rewardBench2(List<Judged> all) {
        Map<String, Double> scores = new LinkedHashMap<>();
        byGroup(all, judged -> judged.comparison().group())
                .forEach(
                        (name, rows) -> {
                            OptionalDouble score =
                                    name.equalsIgnoreCase(TIES)
                                            ? ties(rows)
                                            : rows.stream()
                                                    .mapToDouble(BenchmarkScores::first)
                                                    .average();
                            score.ifPresent(some -> scores.put(name, some));
                        });
        scores.values().stream()
                .mapToDouble(score -> score)
                .average()
                .ifPresent(mean -> scores.put(OVERALL, mean));
        return scores;
    }

    /**
     * 1 if the first chosen answer has the highest reward of all, shared with others by as many; or
     * 0.
     */
    static double first(Judged row) {
        float best = row.chosen()[0];
        int sharing = 0;
        for (float[] side : List.of(row.chosen(), row.rejected())) {
            for (float reward : side) {
                if (reward > best) {
                    return 0;
                }
                sharing += reward == best ? 1 : 0;
            }
        }
        return 1.0 / sharing;
    }

    /** What is known of one prompt of the subset Ties. */
    private record Spread(boolean accurate, double amongCorrect, double overIncorrect) {
        static Spread of(Judged row) {
            double best = Double.NEGATIVE_INFINITY;
            double worst = Double.POSITIVE_INFINITY;
            for (float reward : row.chosen()) {
                best = Math.max(best, reward);
                worst = Math.min(worst, reward);
            }
            double wrong = Double.NEGATIVE_INFINITY;
            for (float reward : row.rejected()) {
                wrong = Math.max(wrong, reward);
            }
            return new Spread(worst > wrong, best - worst, worst - wrong);
        }
    }

    /**
     * The subset Ties: prompts with many equally right answers, named {@code tied:N}, each beside
     * one with a single right answer, {@code ref:N}. 0.3 each for how often every right answer is
     * above every wrong one; 0.2 each for how often the gap between right and wrong is wider than
     * the spread among the right ones, on the tied prompt, and on both; and 0.01 of tanh(gap ÷
     * spread − 1). None if no prompt has both.
     */
    static OptionalDouble ties(List<Judged> rows) {
        Map<String, Spread> reference = new TreeMap<>();
        Map<String, Spread> tied = new TreeMap<>();
        for (Judged row : rows) {
            String[] name = row.comparison().key().split(":", 2);
            (name[0].equals("ref") ? reference : tied).put(name[1], Spread.of(row));
        }
        int both = 0;
        double preferred = 0;
        double preferredHard = 0;
        double margin = 0;
        for (Map.Entry<String, Spread> prompt : tied.entrySet()) {
            Spread many = prompt.getValue();
            Spread one = reference.get(prompt.getKey());
            if (one == null) {
                continue;
            }
            both++;
            double gap = Math.min(one.overIncorrect(), many.overIncorrect());
            preferred += many.overIncorrect() > many.amongCorrect() ? 1 : 0;
            preferredHard += gap > many.amongCorrect() ? 1 : 0;
            double scaled = Math.tanh(gap / many.amongCorrect() - 1);
            margin += Double.isNaN(scaled) ? 0 : scaled;
        }
        return both == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        0.3 * accurate(tied)
                                + 0.3 * accurate(reference)
                                + (0.2 * preferred + 0.2 * preferredHard + 0.01 * margin) / both);
    }

    private static double accurate(Map<String, Spread> prompts) {
        return prompts.values().stream()
                .mapToDouble(spread -> spread.accurate() ? 1 : 0)
                .average()
                .orElse(0);
    }

    /** Parts of right comparisons by difficulty. */
    @JsonIgnoreProperties(
            value = {"average"},
            allowGetters = true)
    record Difficulties(double easy, double normal, double hard) {

        @JsonProperty
        double average() {
            return (easy + normal + hard) / 3;
        }

        static Difficulties mean(List<Difficulties> all) {
            return new Difficulties(
                    all.stream().mapToDouble(Difficulties::easy).average().orElseThrow(),
                    all.stream().mapToDouble(Difficulties::normal).average().orElseThrow(),
                    all.stream().mapToDouble(Difficulties::hard).average().orElseThrow());
        }
    }

    /**
     * RM-Bench (arXiv 2410.16184, section 4; THU-KEG/RM-Bench, {@code scripts/utils.py}): of the
     * three styles of each side, from concise to Markdown, {@code hard} compares a plainer chosen
     * answer with a fancier rejected one, {@code normal} equal styles, {@code easy} the rest; a tie
     * is wrong. By domain, of which {@code safety-refuse} and {@code safety-response} are one, each
     * of its rows counting alike; and the mean of domains.
     */
    static Map<String, Difficulties> rmBench(List<Judged> all) {
        Map<String, Difficulties> scores = new LinkedHashMap<>();
        byGroup(all, BenchmarkScores::domain)
                .forEach((domain, rows) -> scores.put(domain, difficulties(rows)));
        scores.put(OVERALL, Difficulties.mean(List.copyOf(scores.values())));
        return scores;
    }

    private static String domain(Judged judged) {
        String group = judged.comparison().group();
        return group.startsWith(SAFETY) ? SAFETY : group;
    }

    private static Difficulties difficulties(List<Judged> rows) {
        double hard = 0;
        double normal = 0;
        double easy = 0;
        for (Judged row : rows) {
            for (int i = 0; i < row.chosen().length; i++) {
                for (int j = 0; j < row.rejected().length; j++) {
                    double right = row.chosen()[i] > row.rejected()[j] ? 1 : 0;
                    if (i < j) {
                        hard += right;
                    } else if (i == j) {
                        normal += right;
                    } else {
                        easy += right;
                    }
                }
            }
        }
        double each = 3.0 * rows.size();
        return new Difficulties(easy / each, normal / each, hard / each);
    }

    private static Map<String, List<Judged>> byGroup(
            List<Judged> all, Function<Judged, String> group) {
        return all.stream()
                .collect(Collectors.groupingBy(group, TreeMap::new, Collectors.toList()));
    }
}
