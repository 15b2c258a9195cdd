package io.prefstream.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixAffineRouterTest {
    private static final List<String> THREE = List.of("http://a", "http://b", "http://c");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // overflows soon

    @Test
    void aBeginningGoesToTheSameReplicaWhateverFollowsIt() {
        PrefixAffineRouter router = router(THREE, 4, 100);

        assertThat(IntStream.range(0, 50).map(i -> once(router, "same" + i)).distinct()).hasSize(1);
    }

    @Test
    void beginningsSpreadEvenly() {
        PrefixAffineRouter router = router(THREE, 100, 100);

        int[] counts = new int[3];
        IntStream.range(0, 3000).forEach(i -> counts[once(router, "prompt " + i)]++);

        assertThat(counts[0]).isBetween(900, 1100);
        assertThat(counts[1]).isBetween(900, 1100);
    }

    @Test
    void aReplicaThatGoesMovesItsOwnShareAlone() {
        PrefixAffineRouter three = router(THREE, 100, 100);
        PrefixAffineRouter two = router(List.of("http://c", "http://a"), 100, 100);
        List<String> left = List.of("http://c", "http://a");

        for (int i = 0; i < 300; i++) {
            String before = THREE.get(once(three, "prompt " + i));
            String after = left.get(once(two, "prompt " + i));
            assertThat(before.equals("http://b") || before.equals(after)).isTrue();
        }
    }

    @Test
    void aReplicaWithMoreThanItsShareInFlightIsPassedOver() {
        PrefixAffineRouter router = router(List.of("http://a", "http://b"), 100, 100);

        int first = router.acquire("x", Set.of()).orElseThrow(); // then 1, 0: bound 1.625
        int second = router.acquire("x", Set.of()).orElseThrow(); // then 2, 0: bound 2.25
        int third = router.acquire("x", Set.of()).orElseThrow(); // then 3, 0: bound 2.875
        int fourth = router.acquire("x", Set.of()).orElseThrow();

        assertThat(List.of(second, third)).containsOnly(first);
        assertThat(fourth).isNotEqualTo(first);
    }

    @Test
    void noReplicaGetsMoreThanItsMost() {
        PrefixAffineRouter router = router(List.of("http://a", "http://b"), 100, 1);

        int first = router.acquire("x", Set.of()).orElseThrow();
        assertThat(router.hasRoom()).isTrue();
        assertThat(router.acquire("x", Set.of())).hasValue(1 - first);
        assertThat(router.hasRoom()).isFalse();
        assertThat(router.acquire("x", Set.of())).isEqualTo(OptionalInt.empty());
        router.release(first);
        assertThat(router.acquire("x", Set.of())).hasValue(first);
    }

    @Test
    void anAvoidedReplicaIsPassedOverUntilItsTimeIsOver() {
        PrefixAffineRouter router = router(THREE, 100, 100);
        int usual = once(router, "x");

        router.avoid(usual, Duration.ofNanos(10));

        assertThat(once(router, "x")).isNotEqualTo(usual);
        nanos.addAndGet(9);
        assertThat(once(router, "x")).isNotEqualTo(usual);
        nanos.addAndGet(1);
        assertThat(once(router, "x")).isEqualTo(usual);
    }

    @Test
    void aLoneReplicaIsChosenThoughItIsAvoidedAndTried() {
        PrefixAffineRouter router = router(List.of("http://a"), 100, 100);

        router.avoid(0, Duration.ofSeconds(1));

        assertThat(router.anyWelcome()).isFalse();
        assertThat(router.acquire("x", Set.of(0))).hasValue(0);
    }

    @Test
    void aReplicaThatARequestHasTriedComesAfterOthersButBeforeAvoidedOnes() {
        PrefixAffineRouter router = router(List.of("http://a", "http://b"), 100, 100);
        int usual = once(router, "x");

        assertThat(router.acquire("x", Set.of(usual))).hasValue(1 - usual);
        router.release(1 - usual);
        router.avoid(1 - usual, Duration.ofSeconds(1));

        assertThat(router.acquire("x", Set.of(usual))).hasValue(usual);
    }

    private PrefixAffineRouter router(List<String> names, int chars, int maxInFlight) {
        return new PrefixAffineRouter(names, chars, maxInFlight, nanos::get);
    }

    private static int once(PrefixAffineRouter router, String prompt) {
        int replica = router.acquire(prompt, Set.of()).orElseThrow();
        router.release(replica);
        return replica;
    }
}
