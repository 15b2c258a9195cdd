package io.prefstream.ingest.filter;

import static io.prefstream.ingest.IngestReason.SNIPPET_UNPARSEABLE;
import static io.prefstream.ingest.IngestReason.TOO_LONG;
import static io.prefstream.ingest.IngestReason.TOO_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.schemas.SnippetKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PartLimitsTest {

    private final PartLimits limits =
            new PartLimits(3, Map.of(SnippetKind.FUNCTION, 20, SnippetKind.FILE, 30));

    @Test
    void takesPartsOnTheLimits() {
        assertThat(limits.refuse(part(SnippetKind.FUNCTION, "a\nb\nc"))).isEmpty();
        assertThat(limits.refuse(part(SnippetKind.FUNCTION, "a\nb\n" + "c".repeat(16)))).isEmpty();
        assertThat(limits.refuse(part(SnippetKind.FILE, "a\nb\n" + "c".repeat(26)))).isEmpty();
    }

    @Test
    void doesNotCountBlankLines() {
        assertThat(limits.refuse(part(SnippetKind.FUNCTION, "a\n\n  \nb")))
                .hasValue(
                        new Refusal(TOO_SHORT, "function of 2 lines is below ingest.min-lines=3"));
    }

    @Test
    void refusesAPartAboveTheLimitOfItsKind() {
        assertThat(limits.refuse(part(SnippetKind.FUNCTION, "a\nb\n" + "c".repeat(17))))
                .hasValue(
                        new Refusal(
                                TOO_LONG,
                                "function of 21 characters exceeds ingest.max-function-chars=20"));
        assertThat(limits.refuse(part(SnippetKind.FILE, "a\nb\n" + "c".repeat(27))))
                .hasValue(
                        new Refusal(
                                TOO_LONG,
                                "file of 31 characters exceeds ingest.max-file-chars=30"));
    }

    @Test
    void refusesWhatTheGrammarCannotTakeIn() {
        CodePart broken =
                new CodePart(SnippetKind.FUNCTION, "f", "f", null, "a\nb\nc", 1, List.of(), true);

        assertThat(limits.refuse(broken))
                .hasValue(
                        new Refusal(
                                SNIPPET_UNPARSEABLE, "the grammar finds errors in this function"));
    }

    private static CodePart part(SnippetKind kind, String text) {
        return new CodePart(kind, "f", "void f()", null, text, 1, List.of(), false);
    }
}
