package io.prefstream.feeds.swh;

/**
 * Where the default branch of a snapshot stands.
 *
 * @param snapshot id in hex of the snapshot
 * @param branch full name of the branch, such as {@code refs/heads/main}
 * @param commit its commit in hex
 */
public record Head(String snapshot, String branch, String commit) {}
