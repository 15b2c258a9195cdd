package io.prefstream.validate.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenSimilarityTest {

    @Test
    void countsInsertionsDeletionsAndReplacements() {
        assertThat(distance("k i t t e n", "s i t t i n g")).isEqualTo(3);
        assertThat(distance("a b c", "a c")).isEqualTo(1);
        assertThat(distance("a b", "b a")).isEqualTo(2);
        assertThat(distance("a a a", "a a")).isEqualTo(1);
        assertThat(distance("a", "a")).isZero();
    }

    @Test
    void isRelativeToTheLongerSide() {
        assertThat(TokenSimilarity.of(List.of("a", "b"), List.of("a", "b", "c", "d")))
                .isEqualTo(0.5);
        assertThat(TokenSimilarity.of(List.of(), List.of("a"))).isZero();
        assertThat(TokenSimilarity.of(List.of(), List.of())).isEqualTo(1);
    }

    @Test
    void cuttingTheCommonEndsChangesNothing() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<String> a = tokens(random);
            List<String> b = new ArrayList<>(a);
            for (int edit = 0; edit < 3 && !b.isEmpty(); edit++) {
                b.set(random.nextInt(b.size()), "t" + random.nextInt(4));
                b.remove(random.nextInt(b.size()));
            }
            assertThat(TokenSimilarity.distance(a, b)).isEqualTo(byDefinition(a, b));
        }
    }

    private static List<String> tokens(Random random) {
        return IntStream.range(0, random.nextInt(8))
                .mapToObj(i -> "t" + random.nextInt(4))
                .toList();
    }

    /** Levenshtein's recursion as it is written down. */
    private static int byDefinition(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return Math.max(a.size(), b.size());
        }
        List<String> restOfA = a.subList(1, a.size());
        List<String> restOfB = b.subList(1, b.size());
        if (a.get(0).equals(b.get(0))) {
            return byDefinition(restOfA, restOfB);
        }
        return 1
                + Math.min(
                        byDefinition(restOfA, restOfB),
                        Math.min(byDefinition(restOfA, b), byDefinition(a, restOfB)));
    }

    private static int distance(String a, String b) {
        return TokenSimilarity.distance(List.of(a.split(" ")), List.of(b.split(" ")));
    }
}
