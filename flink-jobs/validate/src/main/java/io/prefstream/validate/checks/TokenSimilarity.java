package io.prefstream.validate.checks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Similarity of two token sequences: 1 − Levenshtein distance ÷ the longer length, in [0, 1].
 *
 * <p>The common beginning and end are cut off first, so that a pair with few local edits costs
 * linear time; otherwise O(n·m) time and O(m) memory (1,000 tokens a side: some milliseconds).
 */
public final class TokenSimilarity {

    private TokenSimilarity() {}

    /** The similarity; two empty sequences are alike. */
    public static double of(List<String> a, List<String> b) {
        int longer = Math.max(a.size(), b.size());
        return longer == 0 ? 1.0 : 1.0 - (double) distance(a, b) / longer;
    }

    /** Insertions, deletions and replacements that lead from one to the other. */
    static int distance(List<String> a, List<String> b) {
        int shorter = Math.min(a.size(), b.size());
        int head = 0;
        while (head < shorter && a.get(head).equals(b.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
            tail++;
        }
        Map<String, Integer> numbers = new HashMap<>();
        return distance(
                numbered(a.subList(head, a.size() - tail), numbers),
                numbered(b.subList(head, b.size() - tail), numbers));
    }

    private static int distance(int[] a, int[] b) {
        int[] row = new int[b.length + 1];
        for (int j = 0; j <= b.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length; j++) {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length];
    }

    private static int[] numbered(List<String> tokens, Map<String, Integer> numbers) {
        int[] result = new int[tokens.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = numbers.computeIfAbsent(tokens.get(i), token -> numbers.size());
        }
        return result;
    }
}
