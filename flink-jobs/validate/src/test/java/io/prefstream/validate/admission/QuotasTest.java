package io.prefstream.validate.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuotasTest {

    private static final Map<String, Double> NONE = Map.of();

    @Test
    void withoutAQuotaEverythingPassesAndNothingIsRemembered() {
        Quotas quotas = new Quotas(new QuotaSettings(NONE, NONE, 10));

        assertThat(quotas.offer("java", "mutation")).isEmpty();
        assertThat(quotas.offers()).isEmpty();
    }

    @Test
    void aLanguageIsHeldToItsShareOfTheAcceptedPairs() {
        Quotas quotas = languages(Map.of("java", 0.5), 100);
        quotas.offer("python", "mutation");

        // 1 of 2, then 2 of 3; after another Python pair 2 of 4
        assertThat(quotas.offer("java", "mutation")).isEmpty();
        assertThat(quotas.offer("java", "mutation"))
                .contains(
                        "language java would be 2 of 3 pairs accepted among the last 3 offered,"
                                + " which exceeds validate.quota.language=java:0.5");
        assertThat(quotas.offer("python", "mutation")).isEmpty();
        assertThat(quotas.offer("java", "mutation")).isEmpty();
    }

    @Test
    void aStrategyIsHeldToItsShareWhateverTheLanguage() {
        Quotas quotas = new Quotas(new QuotaSettings(NONE, Map.of("mutation", 0.5), 100));
        quotas.offer("java", "model-gap");

        assertThat(quotas.offer("java", "mutation")).isEmpty();
        assertThat(quotas.offer("python", "mutation")).isPresent();
    }

    @Test
    void aStreamOfOneLanguagePassesWhole() {
        Quotas quotas = languages(Map.of("java", 0.1), 20);

        assertThat(refused(quotas, "java", 100)).isZero();
    }

    @Test
    void nobodyWaitsLongerThanTheWindowForOthersThatDontCome() {
        Quotas quotas = languages(Map.of("java", 0.5), 20);
        refused(quotas, "java", 50);
        quotas.offer("python", "mutation");

        // 18 refusals and the Python pair fill the window but for one place: 1 of 2 is half.
        assertThat(refused(quotas, "java", 18)).isEqualTo(18);
        assertThat(refused(quotas, "java", 50)).isZero();
    }

    @Test
    void sharesThatCannotAllBeKeptStopNothing() {
        Quotas quotas = languages(Map.of("java", 0.5, "python", 0.3), 20);
        int accepted = 0;
        for (int i = 0; i < 200; i++) {
            accepted += quotas.offer(i % 2 == 0 ? "java" : "python", "mutation").isEmpty() ? 1 : 0;
        }

        assertThat(accepted).isGreaterThan(100);
    }

    @Test
    void quotasOfALanguageAndAStrategyThatExcludeEachOtherStopNothing() {
        Quotas quotas =
                new Quotas(new QuotaSettings(Map.of("java", 0.5), Map.of("model-gap", 0.4), 20));
        int accepted = 0;
        for (int i = 0; i < 200; i++) {
            accepted +=
                    (i % 2 == 0
                                            ? quotas.offer("java", "mutation")
                                            : quotas.offer("python", "model-gap"))
                                    .isEmpty()
                            ? 1
                            : 0;
        }

        assertThat(accepted).isGreaterThan(100);
    }

    @Test
    void theShareIsKeptInEveryWindowWhileOthersCome() {
        Quotas quotas = languages(Map.of("java", 0.3), 100);
        Random random = new Random(7);
        quotas.offer("python", "mutation");
        for (int i = 0; i < 5_000; i++) {
            boolean java = random.nextInt(10) < 8;
            boolean passed = quotas.offer(java ? "java" : "python", "mutation").isEmpty();
            assertThat(java || passed).isTrue();
            if (java && passed) {
                List<Offer> accepted = quotas.offers().stream().filter(Offer::accepted).toList();
                assertThat(accepted.stream().filter(offer -> offer.language().equals("java")))
                        .hasSizeLessThanOrEqualTo((int) (0.3 * accepted.size() + 1e-9));
            }
        }
    }

    @Test
    void whatIsRestoredDecidesAsWhatWasSaved() {
        Quotas saved = languages(Map.of("java", 0.5, "go", 0.2), 10);
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            saved.offer(language(random), "mutation");
        }
        Quotas restored = languages(Map.of("java", 0.5, "go", 0.2), 10);
        saved.offers().forEach(restored::restore);

        List<Boolean> decisions = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String language = language(random);
            boolean passes = saved.offer(language, "mutation").isEmpty();
            decisions.add(passes);
            assertThat(restored.offer(language, "mutation").isEmpty()).isEqualTo(passes);
        }
        assertThat(decisions).contains(true, false);
    }

    @Test
    void afterRescalingTheNewestOffersAreKept() {
        Quotas quotas = languages(Map.of("java", 0.5), 2);
        for (String language : List.of("java", "go", "rust")) {
            quotas.restore(new Offer(language, "mutation", true));
        }

        assertThat(quotas.offers()).extracting(Offer::language).containsExactly("go", "rust");
    }

    private static String language(Random random) {
        return List.of("java", "go", "python").get(random.nextInt(3));
    }

    private static Quotas languages(Map<String, Double> shares, int window) {
        return new Quotas(new QuotaSettings(shares, NONE, window));
    }

    private static int refused(Quotas quotas, String language, int offers) {
        int refused = 0;
        for (int i = 0; i < offers; i++) {
            refused += quotas.offer(language, "mutation").isPresent() ? 1 : 0;
        }
        return refused;
    }
}
