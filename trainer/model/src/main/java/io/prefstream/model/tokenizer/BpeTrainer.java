package io.prefstream.model.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level BPE vocabulary (arXiv 1508.07909, on bytes as in GPT-2).
 *
 * <p>Text is cut by {@link #SPLIT} and merges stay within the pieces. The pattern is made for code:
 * a line break takes the indentation behind it along, so that a new line at any depth is one token;
 * names keep at most one space before them and no punctuation, so that a name has the same token
 * after every bracket.
 *
 * <p>Deterministic: the most frequent pair is merged first, of equals the one with the lower ids.
 * Memory is proportional to the distinct pieces; each merge costs the pieces that hold it.
 */
public final class BpeTrainer {
    /** How text is cut before merging; understood alike by Java and by tokenizers. */
    public static final String SPLIT =
            " ?[\\p{L}_]+|\\p{N}| ?[^\\s\\p{L}\\p{N}_]+|\\s*[\\r\\n]+[ \\t]*|\\s+(?!\\S)|\\s+";

    private static final Pattern PIECES = Pattern.compile(SPLIT, Pattern.UNICODE_CHARACTER_CLASS);

    private final Map<String, Long> pieces = new TreeMap<>();

    private record Pair(int left, int right) {}

    private record Candidate(Pair pair, long count) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            if (count != other.count) {
                return Long.compare(other.count, count);
            }
            if (pair.left != other.pair.left) {
                return Integer.compare(pair.left, other.pair.left);
            }
            return Integer.compare(pair.right, other.pair.right);
        }
    }

    /** Counts the pieces of one text. */
    public void add(String text) {
        Matcher matcher = PIECES.matcher(text);
        while (matcher.find()) {
            pieces.merge(matcher.group(), 1L, Long::sum);
        }
    }

    /**
     * Learns merges until the vocabulary has {@code vocabSize} entries, or no pair occurs twice.
     *
     * @param specialTokens take the first ids, in order
     */
    public BpeVocabulary train(int vocabSize, List<String> specialTokens) {
        if (vocabSize < specialTokens.size() + 256) {
            throw new IllegalArgumentException(
                    "vocab-size=%d must be at least 256 bytes and %d special tokens"
                            .formatted(vocabSize, specialTokens.size()));
        }
        return new Run(pieces, vocabSize, specialTokens).vocabulary();
    }

    /** The state of one training. */
    private static final class Run {
        private final List<int[]> words = new ArrayList<>();
        private final List<Long> counts = new ArrayList<>();
        private final Map<Pair, Long> pairCounts = new HashMap<>();
        private final Map<Pair, Set<Integer>> wordsOf = new HashMap<>();
        private final PriorityQueue<Candidate> queue = new PriorityQueue<>();
        private final BpeVocabulary vocabulary;

        Run(Map<String, Long> pieces, int vocabSize, List<String> specialTokens) {
            vocabulary = BpeVocabulary.ofBytes(specialTokens);
            for (Map.Entry<String, Long> piece : pieces.entrySet()) {
                int[] word = ByteAlphabet.bytes(piece.getKey());
                for (int i = 0; i < word.length; i++) {
                    word[i] += specialTokens.size();
                }
                words.add(word);
                counts.add(piece.getValue());
                count(words.size() - 1, 1, new HashSet<>());
            }
            pairCounts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
            while (vocabulary.size() < vocabSize && mergeMostFrequent()) {}
        }

        BpeVocabulary vocabulary() {
            return vocabulary;
        }

        private boolean mergeMostFrequent() {
            while (true) {
                Candidate best = queue.poll();
                if (best == null || best.count < 2) {
                    return false;
                }
                // A candidate whose count has changed since is an old one: a newer is queued.
                if (pairCounts.getOrDefault(best.pair, 0L) == best.count) {
                    merge(best.pair);
                    return true;
                }
            }
        }

        private void merge(Pair pair) {
            int merged = vocabulary.merge(pair.left, pair.right);
            Set<Pair> changed = new HashSet<>();
            for (int word : Set.copyOf(wordsOf.getOrDefault(pair, Set.of()))) {
                count(word, -1, changed);
                words.set(word, replaced(words.get(word), pair, merged));
                count(word, 1, changed);
            }
            pairCounts.remove(pair);
            wordsOf.remove(pair);
            for (Pair other : changed) {
                long count = pairCounts.getOrDefault(other, 0L);
                if (count > 0) {
                    queue.add(new Candidate(other, count));
                }
            }
        }

        private void count(int word, int sign, Set<Pair> changed) {
            int[] symbols = words.get(word);
            for (int i = 0; i + 1 < symbols.length; i++) {
                Pair pair = new Pair(symbols[i], symbols[i + 1]);
                pairCounts.merge(pair, sign * counts.get(word), Long::sum);
                Set<Integer> holders = wordsOf.computeIfAbsent(pair, p -> new HashSet<>());
                if (sign > 0) {
                    holders.add(word);
                } else {
                    holders.remove(word);
                }
                changed.add(pair);
            }
        }

        private static int[] replaced(int[] symbols, Pair pair, int merged) {
            int[] out = new int[symbols.length];
            int length = 0;
            for (int i = 0; i < symbols.length; i++) {
                boolean here =
                        i + 1 < symbols.length
                                && symbols[i] == pair.left
                                && symbols[i + 1] == pair.right;
                out[length++] = here ? merged : symbols[i];
                if (here) {
                    i++;
                }
            }
            return java.util.Arrays.copyOf(out, length);
        }
    }
}
