package io.prefstream.ingest.neardup;

/**
 * A snippet on its way to one of its bands.
 *
 * @param band the band's key
 * @param snippet what the band shall remember, packed as {@link SeenSnippet}
 */
public record Probe(long band, long[] snippet) {}
