package io.prefstream.generation.openai;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Which replica works on a prompt: the one that worked on others with the same beginning, whose
 * keys and values it may still have.
 *
 * <p>Rendezvous hashing (Thaler and Ravishankar, 1998) ranks the replicas for each beginning, so
 * that a replica that comes or goes moves its own share alone. Load is bounded (Mirrokni et al.,
 * "Consistent Hashing with Bounded Loads", arXiv 1608.01350): a replica with more in flight than
 * 1.25 times the mean and one is passed over for the next in rank. A replica that is avoided, or
 * that a request has tried before, comes after all others.
 *
 * <p>O(beginning + replicas) for each prompt. Knows no HTTP. Not thread-safe.
 */
final class PrefixAffineRouter {
    private static final double MOST_OF_MEAN = 1.25;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final long[] names;
    private final int affinityChars;
    private final int maxInFlight;
    private final LongSupplier nanoTime;
    private final int[] inFlight;
    private final long[] avoidedFrom;
    private final long[] avoidedNanos;

    /**
     * @param names of the replicas, which alone decide the ranks: neither their order nor this
     *     process does
     * @param affinityChars of a prompt are looked at
     * @param maxInFlight of one replica
     */
    PrefixAffineRouter(
            List<String> names, int affinityChars, int maxInFlight, LongSupplier nanoTime) {
        this.names = names.stream().mapToLong(name -> hash(name, name.length())).toArray();
        this.affinityChars = affinityChars;
        this.maxInFlight = maxInFlight;
        this.nanoTime = nanoTime;
        inFlight = new int[names.size()];
        avoidedFrom = new long[names.size()];
        avoidedNanos = new long[names.size()];
    }

    /**
     * Chooses a replica and counts a request more in flight there.
     *
     * @param tried replicas that have failed this request
     * @return empty if all have their most in flight
     */
    OptionalInt acquire(String prompt, Set<Integer> tried) {
        long beginning = hash(prompt, Math.min(prompt.length(), affinityChars));
        double bound = bound();
        OptionalInt chosen =
                IntStream.range(0, names.length)
                        .filter(i -> inFlight[i] < maxInFlight)
                        .boxed()
                        .min(
                                Comparator.comparing(this::avoided)
                                        .thenComparing(tried::contains)
                                        .thenComparing(i -> inFlight[i] > bound)
                                        .thenComparing(
                                                i -> mix(beginning ^ names[i]),
                                                Long::compareUnsigned))
                        .map(OptionalInt::of)
                        .orElseGet(OptionalInt::empty);
        chosen.ifPresent(i -> inFlight[i]++);
        return chosen;
    }

    /** Counts a request less in flight. */
    void release(int replica) {
        inFlight[replica]--;
    }

    /** Passes over a replica for so long, if there is another. */
    void avoid(int replica, Duration howLong) {
        avoidedFrom[replica] = nanoTime.getAsLong();
        avoidedNanos[replica] = howLong.toNanos();
    }

    /** Whether a replica is left that isn't avoided. */
    boolean anyWelcome() {
        return IntStream.range(0, names.length).anyMatch(i -> !avoided(i));
    }

    /** Whether a replica may get a request more. */
    boolean hasRoom() {
        return Arrays.stream(inFlight).anyMatch(n -> n < maxInFlight);
    }

    private boolean avoided(int replica) {
        return avoidedNanos[replica] > 0
                && nanoTime.getAsLong() - avoidedFrom[replica] < avoidedNanos[replica];
    }

    private double bound() {
        double mean =
                IntStream.range(0, names.length)
                        .filter(i -> !avoided(i))
                        .map(i -> inFlight[i])
                        .average()
                        .orElseGet(() -> Arrays.stream(inFlight).average().orElse(0));
        return MOST_OF_MEAN * mean + 1;
    }

    /** FNV-1a over UTF-16 units, mixed. */
    private static long hash(String text, int length) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** SplitMix64's finalizer. */
    private static long mix(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
