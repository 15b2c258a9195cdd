package io.prefstream.local;

import io.prefstream.schemas.ContentId;
import java.util.List;

/**
 * The share of a split by repository that really holds something out.
 *
 * <p>Each repository falls on a place in [0, 1) by its hash, and those below the share are holdout
 * (validate's rule). With a handful of repositories a share of a tenth often lies below all of
 * them; so where the repositories are known beforehand, the share is put between the place of the
 * last one wanted and the next one: a tenth of them, but at least one.
 */
final class HoldoutShare {

    private static final double WANTED = 0.1;

    private HoldoutShare() {}

    /**
     * @param repositories canonical names, two or more
     */
    static double of(List<String> repositories) {
        if (repositories.size() < 2) {
            throw new IllegalArgumentException(
                    "a split by repository needs at least two, got " + repositories);
        }
        double[] places =
                repositories.stream()
                        .distinct()
                        .mapToDouble(repository -> ContentId.fraction("holdout", repository))
                        .sorted()
                        .toArray();
        int held = (int) Math.max(1, Math.round(WANTED * places.length));
        double next = held < places.length ? places[held] : 1;
        return (places[held - 1] + next) / 2;
    }
}
