package io.prefstream.ingest.neardup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.CommitChange;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.SnippetKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class NearDupStageTest {

    @RegisterExtension static final MiniClusterExtension CLUSTER = TwoSlots.cluster();

    private static final NearDupSettings DEFAULTS = NearDupOptions.settings(new Configuration());

    /** Everything arrives in the same millisecond: the worst race there is. */
    private static final ArrivalClock STANDING = () -> 1_000;

    private record Run(List<CodeSnippet> snippets, List<Rejection> rejections) {

        TreeSet<String> outcomes() {
            return Stream.concat(
                            snippets.stream().map(snippet -> "kept " + snippet.getId()),
                            rejections.stream()
                                    .map(
                                            rejection ->
                                                    rejection.getInputId()
                                                            + " "
                                                            + rejection.getDetail()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void givesEachSnippetOneOutcomeAndKeepsOneOfEachFamily() throws Exception {
        List<CodeSnippet> snippets = families(40, 5);

        Run run = run(2, ArrivalClock.steady(), snippets);

        assertThat(run.outcomes()).hasSize(200);
        assertThat(run.snippets()).hasSize(40);
        assertThat(run.snippets())
                .allSatisfy(
                        kept -> assertThat(kept.getNearDupSignature().remaining()).isEqualTo(256));
        assertThat(run.rejections())
                .extracting(Rejection::getReason)
                .containsOnly("near-duplicate");
        assertThat(run.rejections()).extracting(Rejection::getUnit).containsOnly("snippet");
    }

    @Test
    void rejectsTheLaterNamingTheEarlier() throws Exception {
        CodeSnippet first = snippet(code(1, 0));
        CodeSnippet second = snippet(code(1, 1));

        Run run = run(1, new CountingClock(), List.of(first, second));

        assertThat(run.snippets()).extracting(CodeSnippet::getId).containsExactly(first.getId());
        assertThat(run.rejections())
                .singleElement()
                .satisfies(
                        rejection -> {
                            assertThat(rejection.getInputId()).isEqualTo(second.getId());
                            assertThat(rejection.getDetail())
                                    .matches(
                                            "near-duplicate of %s, estimated similarity 0\\.[89]\\d*"
                                                    .formatted(first.getId()));
                        });
    }

    @Test
    void marksWhatIsLikeNothingMoreThanItsOwnEarlierRevision() throws Exception {
        CodeSnippet before = snippet(code(1, 0));
        CodeSnippet after = changed(code(1, 1), before.getText());
        CodeSnippet next = changed(code(1, 1).replace(" own", " their"), after.getText());

        Run run = run(1, new CountingClock(), List.of(before, after, next));

        assertThat(run.rejections()).isEmpty();
        assertThat(run.snippets())
                .extracting(CodeSnippet::getId, CodeSnippet::getNearDuplicateOf)
                .contains(tuple(before.getId(), null), tuple(after.getId(), before.getId()))
                .hasSize(3);
        assertThat(run.snippets())
                .filteredOn(snippet -> snippet.getId().equals(next.getId()))
                .allSatisfy(
                        snippet ->
                                assertThat(snippet.getNearDuplicateOf())
                                        .isIn(before.getId(), after.getId()));
    }

    /** As when a fork takes a fix over: its own earlier revision is older than what it copies. */
    @Test
    void rejectsWhatIsCloserToAnotherThanToItsOwnEarlierRevision() throws Exception {
        CodeSnippet original = snippet(code(1, 0));
        String older = code(1, 0).substring(0, code(1, 0).length() / 2);
        CodeSnippet copy = changed(code(1, 1), older);
        CodeSnippet tooShort = changed(code(1, 2), "int a() { return x; }");

        Run run = run(1, new CountingClock(), List.of(original, copy, tooShort));

        assertThat(run.snippets()).extracting(CodeSnippet::getId).containsExactly(original.getId());
        assertThat(run.rejections())
                .extracting(Rejection::getInputId)
                .containsExactlyInAnyOrder(copy.getId(), tooShort.getId());
    }

    /** Probes of one snippet overtake those of another when two subtasks race; nothing follows. */
    @Test
    void decidesAlikeInWhateverOrderProbesReachTheBands() throws Exception {
        List<CodeSnippet> snippets = families(30, 4);
        Run first = run(1, STANDING, snippets);
        assertThat(first.snippets()).hasSize(30);

        for (int round = 0; round < 3; round++) {
            Collections.shuffle(snippets, new Random(round));

            assertThat(run(2, STANDING, snippets).outcomes()).isEqualTo(first.outcomes());
        }
    }

    @Test
    void letsWhatIsTooShortToComparePassUnsigned() throws Exception {
        Run run =
                run(
                        2,
                        ArrivalClock.steady(),
                        List.of(snippet("int a() { return x; }"), snippet("int a() {return x;}")));

        assertThat(run.rejections()).isEmpty();
        assertThat(run.snippets())
                .hasSize(2)
                .allSatisfy(snippet -> assertThat(snippet.getNearDupSignature()).isNull());
    }

    /** Steps a millisecond a call; one subtask of one process asks. */
    private static final class CountingClock implements ArrivalClock {
        private static final long serialVersionUID = 1L;
        private long now;

        @Override
        public synchronized long millis() {
            return ++now;
        }
    }

    private static Run run(int parallelism, ArrivalClock clock, List<CodeSnippet> snippets)
            throws Exception {
        BoundedRun run = new BoundedRun(parallelism);
        NearDupStage stage =
                NearDupStage.apply(
                        run.from("snippets", CodeSnippet.class, snippets).rebalance(),
                        "ingest",
                        DEFAULTS,
                        clock);
        Supplier<List<CodeSnippet>> kept = run.keep(stage.snippets());
        Supplier<List<Rejection>> rejections = run.keep(stage.rejections());
        run.execute("near-dup");
        return new Run(kept.get(), rejections.get());
    }

    /** Families of snippets that differ in a word each, in a random order. */
    private static List<CodeSnippet> families(int families, int members) {
        List<CodeSnippet> snippets = new ArrayList<>();
        for (int family = 0; family < families; family++) {
            for (int member = 0; member < members; member++) {
                snippets.add(snippet(code(family, member)));
            }
        }
        Map<String, Long> ids =
                snippets.stream()
                        .map(CodeSnippet::getId)
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        assertThat(ids).hasSize(families * members);
        Collections.shuffle(snippets, new Random(1));
        return snippets;
    }

    /** 120 words of its family's, the last of them its own. */
    private static String code(int family, int member) {
        Random random = new Random(family);
        return IntStream.range(0, 120)
                        .mapToObj(i -> "w" + random.nextInt(1 << 20))
                        .collect(Collectors.joining(" "))
                + " own"
                + member;
    }

    private static CodeSnippet changed(String text, String before) {
        return CodeSnippet.newBuilder(snippet(text))
                .setChange(
                        CommitChange.newBuilder()
                                .setParent("parent")
                                .setMessage("Fix it")
                                .setChangedFiles(1)
                                .setBefore(before)
                                .build())
                .build();
    }

    private static CodeSnippet snippet(String text) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of("java", text))
                .setEventId("event")
                .setRepository("repo")
                .setRevision("1")
                .setPath("A.java")
                .setLanguage("java")
                .setKind(SnippetKind.FUNCTION)
                .setName("a")
                .setSignature("int a()")
                .setText(text)
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test")
                .build();
    }
}
