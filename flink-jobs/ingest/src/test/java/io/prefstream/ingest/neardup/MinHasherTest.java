package io.prefstream.ingest.neardup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinHasherTest {

    private static final MinHasher HASHER = new MinHasher(256, 5);

    @Test
    void givesReformattedTextTheSameMinima() {
        assertThat(HASHER.minima("int f(int a) { int b = a + 1; int c = b; return c; }").get())
                .isEqualTo(
                        HASHER.minima("int f(int a)\n{\n\tint b=a+1;\n\tint c=b;\n\treturn c;\n}")
                                .get());
    }

    @Test
    void doesNotSignWhatIsTooShortToCompare() {
        assertThat(HASHER.minima("int x() { return a.b.c.d.e.f; }")).isEmpty();
        assertThat(HASHER.minima("int x() { return a.b.c.d.e.f.g; }")).isPresent();
    }

    /** Of the 96 shingles of 100 words, each changed word far from the others replaces five. */
    @ParameterizedTest
    @CsvSource({"0, 1.0", "2, 0.811", "4, 0.655", "8, 0.412"})
    void tellsTheJaccardSimilarityWithinFourStandardErrors(int changes, double jaccard) {
        List<Double> estimates = new ArrayList<>();
        List<Double> sketched = new ArrayList<>();
        for (int trial = 0; trial < 40; trial++) {
            String text = words(trial, 0);
            String other = words(trial, changes);
            byte[] one = Signatures.signature(HASHER.minima(text).get());
            byte[] two = Signatures.signature(HASHER.minima(other).get());
            estimates.add(Signatures.similarity(one, two));
            sketched.add(
                    Signatures.similarity(Signatures.sketch(one), Signatures.sketch(two), 256));
        }
        double standardError = Math.sqrt(jaccard * (1 - jaccard) / 256) + 1e-9;
        assertThat(mean(estimates)).isCloseTo(jaccard, within(4 * standardError / 6 + 1e-3));
        assertThat(mean(sketched)).isCloseTo(jaccard, within(8 * standardError / 6 + 1e-3));
        assertThat(Collections.max(estimates) - Collections.min(estimates))
                .isLessThan(8 * standardError + 1e-6);
    }

    @Test
    void bandsAsDatasketchDoesWhereBandsAreFree() {
        assertThat(Banding.of(0.7, 256, 256, 0.5)).isEqualTo(new Banding(25, 10));
        assertThat(Banding.of(0.5, 128, 128, 0.5)).isEqualTo(new Banding(25, 5));
    }

    @Test
    void keepsRecallWithFewerBandsByShorterOnes() {
        Banding few = Banding.of(0.7, 256, 8, 0.8);

        assertThat(few.bands()).isLessThanOrEqualTo(8);
        assertThat(few.meets(0.8)).isGreaterThan(0.9);
        assertThat(few.meets(0.1)).isLessThan(1e-3);
    }

    private static String words(int trial, int changes) {
        Random random = new Random(trial);
        List<String> words =
                new ArrayList<>(
                        IntStream.range(0, 100)
                                .mapToObj(i -> "w" + random.nextInt(1 << 30))
                                .toList());
        for (int change = 0; change < changes; change++) {
            words.set(8 + change * 11, "changed" + trial + "x" + change);
        }
        return String.join(" ", words);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(v -> v).average().orElseThrow();
    }
}
