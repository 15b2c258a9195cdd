package io.prefstream.validate.admission;

/**
 * A pair that came before the quotas.
 *
 * @param accepted whether they let it pass
 */
public record Offer(String language, String strategy, boolean accepted) {}
