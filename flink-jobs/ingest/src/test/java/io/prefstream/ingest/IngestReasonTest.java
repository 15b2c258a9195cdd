package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.FetchFailed;
import io.prefstream.content.FetchFailure;
import io.prefstream.content.Fetched;
import io.prefstream.content.FileProblem;
import io.prefstream.content.SkippedFile;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IngestReasonTest {

    private static final SourceRef SOURCE =
            new SourceRef("event", "repo", "1", Instant.parse("2026-03-01T10:00:00Z"));

    /** Wire values: a reason may be added, none renamed. */
    @Test
    void keepsItsCodes() {
        assertThat(Arrays.stream(IngestReason.values()).map(IngestReason::code))
                .containsExactly(
                        "feed-gap",
                        "duplicate-event",
                        "not-found",
                        "no-sources",
                        "offline",
                        "unreachable",
                        "fetch-timeout",
                        "too-large",
                        "unreadable",
                        "unsupported",
                        "path-refused",
                        "duplicate-path",
                        "not-a-file",
                        "artifact-limit",
                        "file-unreadable",
                        "language-not-supported",
                        "vendored",
                        "test-data",
                        "file-too-large",
                        "empty",
                        "binary",
                        "not-utf8",
                        "line-too-long",
                        "mean-line-too-long",
                        "minified",
                        "low-alphanumeric",
                        "generated",
                        "licence-not-allowed",
                        "licence-unknown",
                        "exact-duplicate",
                        "unparseable",
                        "comments-too-few",
                        "comments-too-many",
                        "nothing-to-cut",
                        "snippet-unparseable",
                        "too-short",
                        "too-long",
                        "duplicate-snippet",
                        "near-duplicate",
                        "contaminated");
    }

    @ParameterizedTest
    @EnumSource
    void hasAReasonForEveryFailedFetch(FetchFailure failure) {
        List<FetchedItem> items = FetchedItem.of(SOURCE, new FetchFailed(failure, "why"));

        assertThat(items).hasSize(1);
        assertThat(items.get(0).kind()).isEqualTo(FetchedItem.Kind.FAILED);
        assertThat(items.get(0).reason()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void hasAReasonForEverySkippedFile(FileProblem problem) {
        SkippedFile skipped = new SkippedFile("a/b", 3, problem, "why");

        List<FetchedItem> items = FetchedItem.of(SOURCE, new Fetched(List.of(), List.of(skipped)));

        assertThat(items)
                .extracting(FetchedItem::kind)
                .containsExactly(FetchedItem.Kind.SKIPPED, FetchedItem.Kind.ENDED);
        assertThat(items.get(0).reason()).isNotNull();
        assertThat(items.get(0).detail()).contains(problem.code(), "why");
    }

    @Test
    void namesTheOptionOfALimit() {
        SkippedFile big = new SkippedFile("a", 3, FileProblem.TOO_LARGE, "3 exceed 2");

        assertThat(FetchedItem.of(SOURCE, new Fetched(List.of(), List.of(big))).get(0).detail())
                .contains("ingest.max-file-size");
    }
}
