package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConservationTest {

    private final LedgerBook ledger = LedgerBook.open();
    private final SortedMap<TopicCounts.RejectionKind, Long> rejections = new TreeMap<>();
    private final SortedMap<String, Long> deadLetters = new TreeMap<>();
    private final SortedMap<String, Long> records = new TreeMap<>();

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void nothingIsBalanced() {
        assertThat(equations(0, 0, 0)).allMatch(Conservation.Equation::balanced);
    }

    @Test
    void candidatesAreBalancedWhenPairsRejectionsAndDeadLettersAddUp() {
        records.put(Topics.CANDIDATE_PAIRS.name(), 10L);
        counted("validate", "candidate", "in", 9);
        rejected("validate", "candidate", "too-similar", 2);
        deadLetters.put("validate/" + Topics.CANDIDATE_PAIRS.name(), 1L);

        assertThat(equation("validate", "candidate", equations(0, 0, 7)).balanced()).isTrue();
        assertThat(equation("validate", "candidate", equations(0, 0, 6)).balanced()).isFalse();
    }

    @Test
    void recordThatWasNotReadYetBreaksTheBalance() {
        records.put(Topics.REPO_EVENTS.name(), 2L);
        counted("ingest", "event", "in", 1);
        counted("ingest", "event", "out", 2);

        assertThat(equation("ingest", "event", equations(0, 0, 0)).balanced()).isFalse();
    }

    @Test
    void rejectionsOfOneUnitDoNotCountForAnother() {
        counted("ingest", "file", "in", 3);
        counted("ingest", "file", "out", 2);
        rejected("ingest", "snippet", "duplicate", 1);
        assertThat(equation("ingest", "file", equations(0, 0, 0)).balanced()).isFalse();

        rejected("ingest", "file", "binary", 1);
        assertThat(equation("ingest", "file", equations(0, 0, 0)).balanced()).isTrue();
    }

    @Test
    void aSnippetWhoseModelsAreStillAskedHasNotLeftTheStage() {
        records.put(Topics.CODE_SNIPPETS.name(), 3L);
        counted("synthesize", "snippet", "in", 3);
        counted("synthesize", "snippet", "out", 1);
        rejected("synthesize", "snippet", "opted-out", 1);
        assertThat(equation("synthesize", "snippet", equations(3, 0, 0)).balanced()).isFalse();

        counted("synthesize", "snippet", "out", 2);
        assertThat(equation("synthesize", "snippet", equations(3, 0, 0)).balanced()).isTrue();
    }

    @Test
    void aGeneratorIsAwayWhileItIsPausedAndIsForgottenWithItsTask() {
        LedgerBook.Line paused = generator("strong", "paused");
        LongSupplier one = () -> 1;
        ledger.follow(paused, one);
        ledger.follow(generator("strong", "waiting"), () -> 7);
        ledger.follow(generator("weak", "paused"), () -> 0);
        ledger.follow(generator("weak", "waiting"), () -> 0);
        ledger.follow(generator("weak", "inFlight"), () -> 5);
        assertThat(ledger.away()).containsExactly(Map.entry("strong", 7L));
        assertThat(ledger.asked()).isEqualTo(12);

        ledger.forget(paused, () -> 1);
        assertThat(ledger.away()).as("what was forgotten is another's count").hasSize(1);
        ledger.forget(paused, one);
        assertThat(ledger.away()).isEmpty();
    }

    @Test
    void partsOfSubtasksAreSummedAndARestartedSubtaskReplacesItself() {
        ledger.follow(new LedgerBook.Line("ingest", "file", "in", "op", "0"), () -> 3);
        ledger.follow(new LedgerBook.Line("ingest", "file", "in", "op", "1"), () -> 4);
        assertThat(ledger.in("ingest", "file")).isEqualTo(7);

        ledger.follow(new LedgerBook.Line("ingest", "file", "in", "op", "1"), () -> 1);
        assertThat(ledger.in("ingest", "file")).isEqualTo(4);
    }

    private static LedgerBook.Line generator(String name, String gauge) {
        return new LedgerBook.Line(LedgerBook.GENERATOR, name, gauge, "make-candidates", "0");
    }

    private void counted(String stage, String unit, String direction, long count) {
        ledger.follow(new LedgerBook.Line(stage, unit, direction, stage + unit, "0"), () -> count);
    }

    private void rejected(String stage, String unit, String reason, long count) {
        rejections.put(new TopicCounts.RejectionKind(stage, unit, reason), count);
    }

    private List<Conservation.Equation> equations(long snippets, long candidates, long pairs) {
        return Conservation.equations(
                ledger,
                new TopicCounts(
                        0,
                        0,
                        snippets,
                        candidates,
                        pairs,
                        0,
                        new TreeMap<>(),
                        rejections,
                        deadLetters,
                        records,
                        List.of()));
    }

    private static Conservation.Equation equation(
            String stage, String unit, List<Conservation.Equation> all) {
        return all.stream()
                .filter(one -> one.stage().equals(stage) && one.unit().equals(unit))
                .findFirst()
                .orElseThrow();
    }
}
