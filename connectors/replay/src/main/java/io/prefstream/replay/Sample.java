package io.prefstream.replay;

/**
 * An item drawn from the table, with what is needed to weigh it.
 *
 * @param key the item's key
 * @param value its bytes
 * @param probability with which this draw picked it
 * @param timesSampled how often it was drawn, this draw included
 * @param tableSize items in the table when it was drawn
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record Sample(
        String key, byte[] value, double probability, long timesSampled, long tableSize) {}
