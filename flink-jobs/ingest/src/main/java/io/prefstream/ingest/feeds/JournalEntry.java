package io.prefstream.ingest.feeds;

import io.prefstream.feeds.swh.Head;
import io.prefstream.feeds.swh.Visit;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A visit or a head; one record for both, since Flink's record serializer knows no sealed families.
 *
 * @param snapshot id in hex of the snapshot that joins them
 * @param origin URL of the visited repository, null for a head
 * @param date when it was visited, null for a head
 * @param branch the default branch, null for a visit
 * @param commit where that stands, null for a visit
 */
public record JournalEntry(
        String snapshot,
        @Nullable String origin,
        @Nullable Instant date,
        @Nullable String branch,
        @Nullable String commit) {

    static JournalEntry of(Visit visit) {
        return new JournalEntry(visit.snapshot(), visit.origin(), visit.date(), null, null);
    }

    static JournalEntry of(Head head) {
        return new JournalEntry(head.snapshot(), null, null, head.branch(), head.commit());
    }
}
