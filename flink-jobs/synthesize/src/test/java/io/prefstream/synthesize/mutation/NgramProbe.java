package io.prefstream.synthesize.mutation;

import io.prefstream.schemas.CandidatePair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A linear classifier that sees only counts of token n-grams: pairwise logistic regression on
 * chosen − rejected, hashed features, AdaGrad. What it can tell on files it has never seen is what
 * the pairs give away without being read.
 */
final class NgramProbe {

    private static final int BITS = 20;
    private static final int EPOCHS = 6;
    private static final Pattern TOKEN =
            Pattern.compile(
                    "[A-Za-z_$][A-Za-z0-9_$]*|\\d[\\w.]*|\"(?:\\\\.|[^\"\\\\])*\"|[<>=!&|+*/-]+|\\S");
    private static final Set<String> WORDS =
            Set.of(
                    "if",
                    "else",
                    "for",
                    "while",
                    "return",
                    "new",
                    "null",
                    "true",
                    "false",
                    "this",
                    "throw",
                    "try",
                    "catch",
                    "int",
                    "long",
                    "char",
                    "boolean",
                    "final",
                    "static",
                    "public",
                    "private",
                    "void",
                    "super",
                    "instanceof",
                    "switch",
                    "case",
                    "def",
                    "not",
                    "and",
                    "or",
                    "in",
                    "is",
                    "None",
                    "True",
                    "False",
                    "self",
                    "raise",
                    "elif");

    private final int n;
    private final boolean abstracted;
    private final float[] weights = new float[1 << BITS];
    private final float[] squares = new float[1 << BITS];

    NgramProbe(int n, boolean abstracted) {
        this.n = n;
        this.abstracted = abstracted;
    }

    void train(List<CandidatePair> pairs, long seed) {
        List<Map<Integer, Integer>> examples = new ArrayList<>();
        for (CandidatePair pair : pairs) {
            examples.add(difference(pair));
        }
        Random random = new Random(seed);
        for (int step = 0; step < EPOCHS * examples.size(); step++) {
            Map<Integer, Integer> example = examples.get(random.nextInt(examples.size()));
            double gradient = 1 / (1 + Math.exp(score(example)));
            example.forEach(
                    (feature, count) -> {
                        float g = (float) (gradient * count);
                        squares[feature] += g * g;
                        weights[feature] += 0.2f * g / (float) Math.sqrt(squares[feature] + 1e-6f);
                    });
        }
    }

    /** Share of pairs it orders rightly; one it can't tell counts half. */
    double accuracy(List<CandidatePair> pairs) {
        double right = 0;
        for (CandidatePair pair : pairs) {
            double score = score(difference(pair));
            right += score > 1e-9 ? 1 : score < -1e-9 ? 0 : 0.5;
        }
        return right / pairs.size();
    }

    private double score(Map<Integer, Integer> example) {
        double sum = 0;
        for (Map.Entry<Integer, Integer> feature : example.entrySet()) {
            sum += weights[feature.getKey()] * feature.getValue();
        }
        return sum;
    }

    private Map<Integer, Integer> difference(CandidatePair pair) {
        Map<Integer, Integer> counts = new HashMap<>();
        count(pair.getChosen().getText(), 1, counts);
        count(pair.getRejected().getText(), -1, counts);
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    private void count(String text, int sign, Map<Integer, Integer> counts) {
        List<String> tokens = tokens(text);
        for (int i = 0; i + n <= tokens.size(); i++) {
            int hash = String.join("\u0001", tokens.subList(i, i + n)).hashCode();
            counts.merge((hash ^ (hash >>> BITS)) & ((1 << BITS) - 1), sign, Integer::sum);
        }
    }

    List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            String token = matcher.group();
            boolean name = Character.isJavaIdentifierStart(token.charAt(0));
            tokens.add(abstracted && name && !WORDS.contains(token) ? "ID" : token);
        }
        return tokens;
    }
}
