package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.replay.LogRecord;
import io.prefstream.replay.OptedOut;
import io.prefstream.replay.RateLimiter;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Response;
import io.prefstream.schemas.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What new rules say of a pair holds, in whatever order it is read. */
class IntakeTest {

    private static final PreferencePair OLD = pair("a", 0, Split.TRAIN);
    private static final PreferencePair NEW = pair("a", 2, Split.TRAIN);
    private static final LogRecord REFUSED = new LogRecord.Removal(0, 0, "a", 2);

    @TempDir Path folder;

    @Test
    void thePairOfTheHigherRulesIsHeldOnce() throws IOException {
        for (List<LogRecord> order : orders(record(OLD), record(NEW))) {
            try (Trunk trunk = taken(order)) {
                assertThat(held(trunk)).containsExactly(NEW);
            }
        }
    }

    @Test
    void whatNewRulesRefuseIsGone() throws IOException {
        for (List<LogRecord> order : orders(record(OLD), record(OLD), REFUSED)) {
            try (Trunk trunk = taken(order)) {
                assertThat(held(trunk)).as("%s", order).isEmpty();
            }
        }
    }

    @Test
    void rulesThatRefuseAreThemselvesSuperseded() throws IOException {
        PreferencePair newest = pair("a", 3, Split.TRAIN);
        for (List<LogRecord> order : orders(record(OLD), REFUSED, record(newest))) {
            try (Trunk trunk = taken(order)) {
                assertThat(held(trunk)).as("%s", order).containsExactly(newest);
            }
        }
    }

    @Test
    void aPairThatNewRulesHoldOutIsNoLongerTrainedOn() throws IOException {
        PreferencePair heldOut = pair("a", 2, Split.HOLDOUT);
        for (List<LogRecord> order : orders(record(OLD), record(heldOut))) {
            try (Trunk trunk = taken(order)) {
                assertThat(held(trunk)).isEmpty();
                assertThat(trunk.holdout().pairs()).containsExactly(heldOut);
            }
        }
        PreferencePair trained = pair("a", 3, Split.TRAIN);
        for (List<LogRecord> order : orders(record(OLD), record(heldOut), record(trained))) {
            try (Trunk trunk = taken(order)) {
                assertThat(held(trunk)).containsExactly(trained);
                assertThat(trunk.holdout().pairs()).isEmpty();
            }
        }
    }

    @Test
    void theHoldoutSetHoldsThePairOfTheHigherRules() throws IOException {
        PreferencePair old = pair("a", 1, Split.HOLDOUT);
        PreferencePair heldOut = pair("a", 2, Split.HOLDOUT);
        for (List<LogRecord> order : orders(record(old), record(heldOut))) {
            try (Trunk trunk = taken(order)) {
                assertThat(trunk.holdout().pairs()).containsExactly(heldOut);
            }
        }
    }

    @Test
    void theSameAgainChangesNothing() throws IOException {
        PreferencePair twin = PreferencePair.newBuilder(NEW).setConfidence(0.1).build();
        try (Trunk trunk = taken(List.of(record(OLD), record(NEW), record(twin), record(NEW)))) {
            assertThat(held(trunk)).containsExactly(NEW);
            assertThat(trunk.counts().updated()).isEqualTo(1);
            assertThat(trunk.counts().duplicate()).isEqualTo(2);
            assertThat(trunk.table().stats().inserted()).isEqualTo(1);
        }
    }

    @Test
    void aPairThatLeftTheTableDoesNotComeBackAsTheOldOne() throws IOException {
        List<LogRecord> records = new ArrayList<>(List.of(record(NEW)));
        for (String other : List.of("b", "c", "d", "e")) {
            records.add(record(pair(other, 1, Split.TRAIN)));
        }
        records.add(record(OLD));
        try (Trunk trunk = taken(records)) {
            assertThat(held(trunk))
                    .extracting(PreferencePair::getId)
                    .containsExactly("b", "c", "d", "e");
            assertThat(trunk.counts().skippedByReason())
                    .containsExactly(Map.entry("superseded-rules", 1L));
        }
    }

    @Test
    void anOptOutTakesAPairBackWhateverItsRules() throws IOException {
        LogRecord optOut = new LogRecord.Removal(0, 0, "a");
        try (Trunk trunk = taken(List.of(record(NEW), optOut, record(OLD)))) {
            assertThat(held(trunk)).isEmpty();
        }
    }

    @Test
    void whatIsTakenBackIsCountedByWhatBecameOfItBefore() throws IOException {
        LogRecord heldOut = record(pair("h", 1, Split.HOLDOUT));
        List<LogRecord> records =
                List.of(
                        record(NEW),
                        heldOut,
                        new LogRecord.Removal(0, 0, "a"),
                        new LogRecord.Removal(0, 0, "h"),
                        new LogRecord.Removal(0, 0, "never came"));
        try (Trunk trunk = taken(records)) {
            assertThat(trunk.counts().removals()).isEqualTo(3);
            assertThat(trunk.counts().takenBack()).isEqualTo(new TakenBack(0, 1, 1, 1));
        }
    }

    @Test
    void whatWasOptedOutAtTheStartIsNotTakenIn() throws IOException {
        OptOut paths =
                OptOut.newBuilder()
                        .setScope(OptOutScope.PATH_PREFIX)
                        .setRepository("Repository")
                        .setPathPrefix("F")
                        .setRequestedAt(Instant.EPOCH)
                        .setReason("asked")
                        .build();
        try (Trunk trunk = taken(List.of(record(NEW)), List.of(paths))) {
            assertThat(held(trunk)).isEmpty();
            assertThat(trunk.counts().skippedByReason())
                    .containsExactly(Map.entry("opted-out", 1L));
        }
        OptOut other = OptOut.newBuilder(paths).setPathPrefix("G").build();
        try (Trunk trunk = taken(List.of(record(NEW)), List.of(other))) {
            assertThat(held(trunk)).containsExactly(NEW);
        }
    }

    @Test
    void aPairWithAnEmptySideIsSkippedAndCounted() throws IOException {
        CandidatePair whole = pair("a", 1, Split.TRAIN).getCandidate();
        PreferencePair noSide =
                of(CandidatePair.newBuilder(whole).setRejected(response(" ")).build());
        PreferencePair noPrompt = of(CandidatePair.newBuilder(whole).setInstruction(" \n").build());
        try (Trunk trunk = taken(List.of(record(noSide), record(noPrompt), record(NEW)))) {
            assertThat(trunk.counts().skippedByReason())
                    .containsExactly(Map.entry("empty-prompt", 1L), Map.entry("empty-side", 1L));
        }
    }

    @Test
    void whatCannotBeTrainedOnIsNamedWithItsPlaceAndWhatIsWrong() {
        RefusedPairs refused = new RefusedPairs();
        LogRecord first = new LogRecord.Pair(2, 7, OLD);
        String place = new Listed(List.of()).place(first);
        for (int i = 0; i < 5; i++) {
            refused.add("empty-side", place, OLD, "rejected is blank, expected text");
        }
        String one = "pair a (list, partition 2, offset 7): rejected is blank, expected text";
        assertThat(refused.inWords())
                .isEqualTo("; the first of them: " + String.join("; ", one, one, one));
    }

    private static PreferencePair of(CandidatePair candidate) {
        return PreferencePair.newBuilder(pair("a", 1, Split.TRAIN)).setCandidate(candidate).build();
    }

    /** The trunk once these records were taken in; its table has four places. */
    private Trunk taken(List<LogRecord> records) throws IOException {
        return taken(records, List.of());
    }

    private Trunk taken(List<LogRecord> records, List<OptOut> optOuts) throws IOException {
        TrainerConfig config =
                TrainerConfigReader.read(
                        null,
                        Map.of(
                                "out", folder.toString(),
                                "source.pairs", "none",
                                "replay.capacity", "4",
                                "replay.history.capacity", "0",
                                "schedule.steps", "1",
                                "replay.min-size", "1"));
        Trunk trunk =
                Trunk.open(
                        config,
                        new TokenLearner(),
                        new TrunkStore(folder.resolve("trunks"), 1, "", CheckpointMirror.none()),
                        Clock.systemUTC());
        new Intake(
                        trunk,
                        new OptedOut(new OptOuts(optOuts)),
                        new Listed(records),
                        RateLimiter.minSizeOnly(1),
                        0,
                        Announcer.none(),
                        alarm -> {},
                        Clock.systemUTC())
                .takeIn(records.size());
        PairCounts counts = trunk.counts();
        assertThat(counts.read())
                .isEqualTo(records.size())
                .isEqualTo(
                        counts.train()
                                + counts.holdout()
                                + counts.duplicate()
                                + counts.updated()
                                + counts.skipped()
                                + counts.removals());
        return trunk;
    }

    private static List<PreferencePair> held(Trunk trunk) {
        List<PreferencePair> held = new ArrayList<>();
        trunk.table().forEach(10, (id, bytes) -> held.add(trunk.codec().decode(bytes)));
        return held;
    }

    private static LogRecord record(PreferencePair pair) {
        return new LogRecord.Pair(0, 0, pair);
    }

    private static List<List<LogRecord>> orders(LogRecord... records) {
        List<List<LogRecord>> all = new ArrayList<>();
        arrange(List.of(), List.of(records), all);
        return all;
    }

    private static void arrange(
            List<LogRecord> sofar, List<LogRecord> left, List<List<LogRecord>> all) {
        if (left.isEmpty()) {
            all.add(sofar);
        }
        for (int i = 0; i < left.size(); i++) {
            List<LogRecord> longer = new ArrayList<>(sofar);
            longer.add(left.get(i));
            List<LogRecord> rest = new ArrayList<>(left);
            rest.remove(i);
            arrange(longer, rest, all);
        }
    }

    private static PreferencePair pair(String id, int rulesVersion, Split split) {
        CandidatePair candidate =
                CandidatePair.newBuilder()
                        .setId(id)
                        .setSnippetId(id)
                        .setRepository("repository")
                        .setRevision("1")
                        .setPath("Fox.java")
                        .setLanguage("java")
                        .setInstruction("Adds.")
                        .setInstructionSource("doc-comment")
                        .setChosen(response("a + b"))
                        .setRejected(response("a - b"))
                        .setStrategy("mutation")
                        .setPublishedAt(Instant.EPOCH)
                        .setProducer("test/1")
                        .build();
        return PreferencePair.newBuilder()
                .setId(id)
                .setCandidate(candidate)
                .setChecks(List.of())
                .setConfidence(rulesVersion / 10.0)
                .setSplit(split)
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test/1")
                .setRulesVersion(rulesVersion)
                .build();
    }

    private static Response response(String text) {
        return Response.newBuilder()
                .setText(text)
                .setGenerator("published")
                .setFinishReason(FinishReason.PUBLISHED)
                .build();
    }

    /** A log that is a list. */
    private static final class Listed implements PairSource {

        private final List<LogRecord> records;
        private int next;

        Listed(List<LogRecord> records) {
            this.records = records;
        }

        @Override
        public List<LogRecord> take(int max) {
            List<LogRecord> taken = records.subList(next, Math.min(records.size(), next + max));
            next += taken.size();
            return taken;
        }

        @Override
        public boolean await(Duration timeout) {
            return next < records.size();
        }

        @Override
        public boolean finished() {
            return next == records.size();
        }

        @Override
        public SortedMap<Integer, Long> positions() {
            return new TreeMap<>(Collections.singletonMap(0, (long) next));
        }

        @Override
        public String name() {
            return "list";
        }

        @Override
        public void close() {}
    }
}
