package io.prefstream.feeds.swh;

import java.time.Instant;

/**
 * The archive has read a git repository to its end.
 *
 * @param snapshot id in hex of what it found there
 * @param origin URL of the repository
 * @param date when it had read it
 */
public record Visit(String snapshot, String origin, Instant date) {}
