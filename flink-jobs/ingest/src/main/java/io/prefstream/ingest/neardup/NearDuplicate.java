package io.prefstream.ingest.neardup;

/**
 * One snippet is like an earlier one.
 *
 * @param id the later one's id
 * @param seenAt when the later one was seen, in milliseconds
 * @param earlierId the earlier one's id
 * @param similarity their estimated Jaccard similarity
 */
public record NearDuplicate(String id, long seenAt, String earlierId, double similarity) {

    /**
     * The one that is told where a snippet is like several: the most similar, then the smallest id,
     * whichever is found first.
     */
    NearDuplicate orCloser(NearDuplicate other) {
        int compared = Double.compare(similarity, other.similarity);
        if (compared == 0) {
            compared = other.earlierId.compareTo(earlierId);
        }
        return compared >= 0 ? this : other;
    }
}
