package io.prefstream.ingest.neardup;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The snippets that agree in one band: finds the near-duplicates among them. A value, packed as
 * {@link SeenSnippet}s one after the other.
 *
 * <p>Every pair that meets is compared whichever came first, and the later of the two by the order
 * of {@link SeenSnippet} is told; so it doesn't matter in which order they reach the bucket. A
 * snippet that was told is kept all the same: what is like it is like a thing that was there
 * before. A full bucket keeps all but its newest, so that the first seen stays.
 */
final class Bucket {

    /** Most snippets of a bucket: one that holds more is about a phrase that everybody writes. */
    static final int CAPACITY = 16;

    private final int minima;
    private final int size;
    private final double threshold;

    /**
     * @param minima minima that a sketch stands for
     * @param threshold estimated similarity from which two are near-duplicates
     */
    Bucket(int minima, double threshold) {
        this.minima = minima;
        this.size = SeenSnippet.size(minima);
        this.threshold = threshold;
    }

    /**
     * Compares a newcomer with everyone in the bucket.
     *
     * @param bucket what is in it, null for nothing
     * @return the bucket with the newcomer
     */
    long[] meet(long @Nullable [] bucket, long[] newcomer, Consumer<NearDuplicate> found) {
        if (bucket == null) {
            return newcomer;
        }
        long[] sketch = SeenSnippet.sketch(newcomer, 0, size);
        int end = bucket.length;
        for (int at = 0; at < bucket.length; at += size) {
            if (SeenSnippet.same(bucket, at, newcomer, 0)) {
                // Published again after exact deduplication forgot it.
                end = at;
                continue;
            }
            double similarity =
                    Signatures.similarity(sketch, SeenSnippet.sketch(bucket, at, size), minima);
            if (similarity >= threshold) {
                found.accept(later(bucket, at, newcomer, similarity));
            }
        }
        if (end == bucket.length && bucket.length >= CAPACITY * size) {
            end -= size;
        }
        long[] grown = end < bucket.length ? bucket.clone() : Arrays.copyOf(bucket, end + size);
        System.arraycopy(newcomer, 0, grown, end, size);
        return grown;
    }

    private static NearDuplicate later(long[] bucket, int at, long[] newcomer, double similarity) {
        boolean newcomerFirst = SeenSnippet.compare(newcomer, 0, bucket, at) < 0;
        return newcomerFirst
                ? new NearDuplicate(
                        SeenSnippet.id(bucket, at),
                        SeenSnippet.seenAt(bucket, at),
                        SeenSnippet.id(newcomer, 0),
                        similarity)
                : new NearDuplicate(
                        SeenSnippet.id(newcomer, 0),
                        SeenSnippet.seenAt(newcomer, 0),
                        SeenSnippet.id(bucket, at),
                        similarity);
    }
}
