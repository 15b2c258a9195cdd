package io.prefstream.replay;

import java.time.Duration;

/**
 * An item that was drawn, with what is needed to weigh it.
 *
 * @param key the item's key
 * @param value its bytes
 * @param table it came from
 * @param probability with which this draw picked it: the shares of table and stratum times the
 *     selector's own
 * @param weight {@code (size · probability)^−β} with the size of all tables drawn from, over the
 *     largest of the draw; 1 where β is 0
 * @param timesSampled how often it was drawn, this draw included
 * @param tableSize items in its table when it was drawn
 * @param age time since it came in
 * @param staleVersions model versions since it came in
 * @param rateLimited whether the draw had to wait
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Sample(
        String key,
        byte[] value,
        String table,
        double probability,
        double weight,
        long timesSampled,
        long tableSize,
        Duration age,
        long staleVersions,
        boolean rateLimited) {}
