package io.prefstream.flight;

import io.prefstream.schemas.PreferencePair;
import java.time.Duration;

/**
 * A pair drawn from a replay table.
 *
 * @param part of the table that it came from, such as {@code fresh} or {@code history}
 * @param probability with which this draw picked it
 * @param weight that corrects for draws that aren't uniform; the largest of a draw is 1
 * @param timesSampled how often it was drawn, this draw included
 * @param partSize pairs in its part when it was drawn
 * @param age time since it came in
 * @param rateLimited whether the draw had to wait
 */
public record DrawnPair(
        PreferencePair pair,
        String part,
        double probability,
        double weight,
        long timesSampled,
        long partSize,
        Duration age,
        boolean rateLimited) {}
