package io.prefstream.feeds.packages;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a registry says is new.
 *
 * @param changes oldest first
 * @param marks with which the next news begin
 * @param unfinished whether there is more at once
 * @param gapFrom begin of a time of which the registry no longer tells; null if there is none
 * @param gapTo its end
 */
record News(
        List<Change> changes,
        SortedMap<String, String> marks,
        boolean unfinished,
        @Nullable Instant gapFrom,
        @Nullable Instant gapTo) {

    /**
     * A package that changed.
     *
     * @param version the new version; null where the registry does not say
     * @param since versions published before this are not new; null with a version
     */
    record Change(String name, @Nullable String version, @Nullable Instant since) {}
}
