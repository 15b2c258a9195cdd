package io.prefstream.ingest.redact;

/**
 * Something to be replaced.
 *
 * @param start where it begins
 * @param end where it ends, exclusive
 * @param rank which of two that overlap is replaced: the lower
 */
record Finding(String kind, int start, int end, int rank) {

    /** A format that nothing else looks like. */
    static final int PROVIDER = 0;

    /** What a name before it makes likely. */
    static final int CONTEXT = 1;

    /** Personal data. */
    static final int PERSONAL = 2;
}
