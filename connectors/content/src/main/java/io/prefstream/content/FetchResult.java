package io.prefstream.content;

/** What became of a fetch. */
public sealed interface FetchResult permits Fetched, FetchFailed {}
