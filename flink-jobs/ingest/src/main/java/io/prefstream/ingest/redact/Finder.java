package io.prefstream.ingest.redact;

import org.jspecify.annotations.Nullable;

/** Looks around an occurrence of a keyword; reads a bounded number of characters for each. */
interface Finder {

    /**
     * What is there; null where the keyword means nothing.
     *
     * @param start where the keyword begins
     * @param end where it ends, exclusive
     */
    @Nullable Finding at(String text, int start, int end);
}
