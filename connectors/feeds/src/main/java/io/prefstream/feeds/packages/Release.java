package io.prefstream.feeds.packages;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A published version of a package.
 *
 * @param archive URL of its sources
 * @param digest {@code algorithm:hex}, null where the registry gives none
 * @param licence in the publisher's words, null where there is none
 */
record Release(
        String version,
        Instant publishedAt,
        String archive,
        @Nullable String digest,
        @Nullable String licence) {}
