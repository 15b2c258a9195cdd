package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.mutation.MutationSettings;
import io.prefstream.synthesize.mutation.MutationStrategy;
import io.prefstream.topics.flink.AvroType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SynthesizePipelineTest {

    private static final LedgerReadings LEDGER = new LedgerReadings();

    @RegisterExtension
    private static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(
                                    LEDGER.addTo(
                                            new Configuration()
                                                    .set(
                                                            TaskManagerOptions.BIND_HOST,
                                                            "localhost")))
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @Test
    void everyAttemptLeavesAsACandidateOrARejection() throws Exception {
        List<CodeSnippet> snippets = new ArrayList<>(Snippets.mutable(40));
        snippets.add(Snippets.withoutSites());
        snippets.add(Snippets.broken());
        snippets.add(Snippets.withOneSite());
        snippets.add(CodeSnippet.newBuilder(Snippets.java("f")).setLanguage("kotlin").build());

        Result result = run("conservation", snippets, 2);

        long in = LEDGER.count("conservation", "synthesize", "attempt", "in");
        assertThat(LEDGER.count("conservation", "synthesize", "snippet", "in")).isEqualTo(44);
        assertThat(in).isEqualTo(88);
        assertThat(LEDGER.count("conservation", "synthesize", "attempt", "out"))
                .isEqualTo(result.candidates().size());
        assertThat(result.candidates().size() + result.rejections().size()).isEqualTo(88);
        assertThat(result.candidates()).extracting(CandidatePair::getId).doesNotHaveDuplicates();
        assertThat(result.rejections()).extracting(Rejection::getId).doesNotHaveDuplicates();
        assertThat(result.rejections())
                .extracting(Rejection::getReason)
                .contains(
                        "no-mutation-site",
                        "unparseable-snippet",
                        "duplicate-variant",
                        "language-not-supported");
        assertThat(result.rejections())
                .allSatisfy(
                        rejection -> {
                            assertThat(rejection.getStage()).isEqualTo("synthesize");
                            assertThat(rejection.getUnit()).isEqualTo("attempt");
                            assertThat(rejection.getPublishedAt()).isEqualTo(Snippets.FIRST_OF_MAY);
                        });
    }

    @Test
    void aSecondRunGivesTheSameRecords() throws Exception {
        Result first = run("first", Snippets.mutable(20), 2);
        Result second = run("second", Snippets.mutable(20), 2);

        assertThat(second.candidates()).containsExactlyInAnyOrderElementsOf(first.candidates());
        assertThat(second.rejections()).containsExactlyInAnyOrderElementsOf(first.rejections());
    }

    private record Result(List<CandidatePair> candidates, List<Rejection> rejections) {}

    private static Result run(String name, List<CodeSnippet> snippets, int variants)
            throws Exception {
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), new Configuration());
        MutationSettings settings = new MutationSettings(0.9, 3, 240, 1_024);
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(() -> new MutationStrategy(settings), variants, 1)
                        .apply(
                                env.fromData(snippets, AvroType.forRecord(CodeSnippet.class))
                                        .uid("snippets"),
                                env.fromData(
                                                List.<DeadLetter>of(),
                                                AvroType.forRecord(DeadLetter.class))
                                        .uid("dead-letters"));
        CloseableIterator<CandidatePair> candidates = outputs.records().collectAsync();
        CloseableIterator<Rejection> rejections = outputs.rejections().collectAsync();
        env.execute(name);
        return new Result(drain(candidates), drain(rejections));
    }

    private static <T> List<T> drain(CloseableIterator<T> iterator) throws Exception {
        try (iterator) {
            List<T> all = new ArrayList<>();
            iterator.forEachRemaining(all::add);
            return all;
        }
    }
}
