package io.prefstream.trainer.evaluate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The N candidates of one problem, and how likely each way of choosing is right when it sees n of
 * them, drawn without replacement: means over all subsets of n, so every candidate counts for every
 * n.
 *
 * @param rewards of the candidates
 * @param answers in the form of {@link AnswerRule}, empty where there is none
 * @param right whether each is
 */
record Selection(float[] rewards, List<Optional<String>> answers, boolean[] right) {

    /** Ways to choose. */
    enum Method {
        /** The candidate with the highest reward. */
        BEST_OF_N("best of N"),
        /** The answer that most candidates give. */
        MAJORITY("majority"),
        /** The answer whose candidates' σ(reward) add up to most. */
        WEIGHTED("weighted vote"),
        /** A right one if there is one. */
        ORACLE("oracle"),
        /** Any. */
        RANDOM("random");

        private final String words;

        Method(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    int size() {
        return rewards.length;
    }

    private int rightOnes() {
        int count = 0;
        for (boolean one : right) {
            count += one ? 1 : 0;
        }
        return count;
    }

    /** The part of the candidates that is right. */
    double random() {
        return (double) rightOnes() / size();
    }

    /** 1 − C(N − c, n) / C(N, n) for c right ones: pass@n (arXiv 2107.03374, equation 1). */
    double oracle(int n) {
        return 1 - within(size() - rightOnes(), n);
    }

    /**
     * Sum over candidates of the probability that they have the highest reward of the subset, where
     * they are right; of equal rewards each is chosen equally often.
     */
    double bestOf(int n) {
        Integer[] order = IntStream.range(0, size()).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> rewards[i]));
        double sum = 0;
        int from = 0;
        while (from < order.length) {
            int to = from;
            int good = 0;
            while (to < order.length && rewards[order[to]] == rewards[order[from]]) {
                good += right[order[to++]] ? 1 : 0;
            }
            sum += (within(to, n) - within(from, n)) * good / (to - from);
            from = to;
        }
        return sum;
    }

    /**
     * A vote's probability of being right, over drawn subsets; over the one subset where n = N. Of
     * answers with equally many votes each is chosen equally often; candidates without an answer
     * don't vote.
     *
     * @param weighted whether a vote counts σ(reward), or 1
     */
    double vote(int n, boolean weighted, int draws, Random random) {
        if (n == size()) {
            return vote(IntStream.range(0, n).toArray(), weighted);
        }
        int[] order = IntStream.range(0, size()).toArray();
        double sum = 0;
        for (int draw = 0; draw < draws; draw++) {
            for (int i = 0; i < n; i++) {
                int other = i + random.nextInt(order.length - i);
                int swapped = order[i];
                order[i] = order[other];
                order[other] = swapped;
            }
            sum += vote(Arrays.copyOf(order, n), weighted);
        }
        return sum / draws;
    }

    /** The votes that an answer has, and whether it is right. */
    private record Votes(double sum, boolean right) {
        Votes plus(Votes more) {
            return new Votes(sum + more.sum, right);
        }
    }

    private double vote(int[] chosen, boolean weighted) {
        Map<String, Votes> votes = new HashMap<>();
        // In one order, so that equal votes are equal sums.
        Arrays.sort(chosen);
        for (int i : chosen) {
            double weight = weighted ? 1 / (1 + Math.exp(-rewards[i])) : 1;
            Votes one = new Votes(weight, right[i]);
            answers.get(i).ifPresent(answer -> votes.merge(answer, one, Votes::plus));
        }
        double most = votes.values().stream().mapToDouble(Votes::sum).max().orElse(0);
        return votes.values().stream()
                .filter(each -> each.sum() == most)
                .mapToDouble(winner -> winner.right() ? 1 : 0)
                .average()
                .orElse(0);
    }

    /** C(k, n) / C(N, n): how likely a subset lies within k of the candidates. */
    private double within(int k, int n) {
        double product = 1;
        for (int i = 0; i < n; i++) {
            product *= (double) Math.max(0, k - i) / (size() - i);
        }
        return product;
    }
}
