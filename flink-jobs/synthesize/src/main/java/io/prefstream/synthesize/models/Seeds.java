package io.prefstream.synthesize.models;

import io.prefstream.schemas.ContentId;

/**
 * The random choices of an attempt, each by its purpose, so that one more choice changes none of
 * the others.
 */
record Seeds(long attempt) {

    long of(String purpose) {
        return ContentId.seed(Long.toString(attempt), purpose);
    }

    /** In [0, 1). */
    double fraction(String purpose) {
        return ContentId.fraction(Long.toString(attempt), purpose);
    }
}
