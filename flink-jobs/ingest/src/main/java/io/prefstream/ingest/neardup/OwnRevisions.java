package io.prefstream.ingest.neardup;

import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import java.nio.ByteBuffer;

/**
 * Tells near-duplicates that are one only because a function is like its own earlier revision: of
 * all that was seen nothing is closer to it than how it stood before its commit.
 *
 * <p>Similarities are estimated from sketches here as in the bands, so that where the earlier
 * revision is itself what a band has found, the two numbers are the same.
 */
final class OwnRevisions {

    private final MinHasher hasher;
    private final int permutations;

    OwnRevisions(NearDupSettings settings) {
        hasher = new MinHasher(settings.permutations(), settings.shingle());
        permutations = settings.permutations();
    }

    /**
     * Whether it is one of those.
     *
     * @param snippet signed
     * @param found the earlier snippet that is closest to it
     */
    boolean isOne(CodeSnippet snippet, NearDuplicate found) {
        CommitChange change = snippet.getChange();
        ByteBuffer signature = snippet.getNearDupSignature();
        if (change == null || signature == null) {
            return false;
        }
        byte[] now = new byte[signature.remaining()];
        signature.duplicate().get(now);
        return hasher.minima(change.getBefore())
                .map(Signatures::signature)
                .filter(
                        before ->
                                Signatures.similarity(
                                                Signatures.sketch(now),
                                                Signatures.sketch(before),
                                                permutations)
                                        >= found.similarity())
                .isPresent();
    }
}
