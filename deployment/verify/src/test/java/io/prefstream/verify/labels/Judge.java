package io.prefstream.verify.labels;

import io.prefstream.schemas.CandidatePair;
import java.io.IOException;

/**
 * Says whether a pair's chosen side is better, with no code of validation's. One thread at a time.
 */
interface Judge extends AutoCloseable {

    /**
     * Rules on a pair.
     *
     * @param function the published function that both sides are answers for
     */
    Ruling rule(CandidatePair pair, String function) throws IOException, InterruptedException;

    @Override
    void close();
}
