package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.model.DemoModel;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The job on a MiniCluster, with the real broker and registry. */
class SynthesizeJobTest {

    @TempDir private static Path folder;
    private static Path model;

    @BeforeAll
    static void writeModel() throws IOException {
        model = DemoModel.writeTo(folder.resolve("model"), 1).folder();
    }

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster();

    @Test
    void snippetsOnTheTopicBecomeCandidatesRejectionsAndDeadLetters() throws Exception {
        TestTopics topics = TestTopics.shared();
        List<CodeSnippet> snippets = new ArrayList<>(Snippets.mutable(30));
        snippets.add(Snippets.withoutSites());
        snippets.add(Snippets.broken());
        topics.produce(Topics.CODE_SNIPPETS, snippets);
        topics.produceRaw(Topics.CODE_SNIPPETS.name(), null, new byte[] {42});

        Configuration config =
                SynthesizeJob.options()
                        .parse(
                                "--kafka.bootstrap-servers",
                                topics.connection().bootstrapServers(),
                                "--schema-registry.url",
                                topics.connection().registryUrl(),
                                "--job.checkpoint-interval=500ms");
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        SynthesizeJob.build(env, config);
        JobClient job = env.executeAsync();
        try {
            List<CandidatePair> candidates =
                    topics.readCommitted(Topics.CANDIDATE_PAIRS, 30, PATIENCE);
            assertThat(candidates)
                    .extracting(CandidatePair::getSnippetId)
                    .containsExactlyInAnyOrderElementsOf(
                            Snippets.mutable(30).stream().map(CodeSnippet::getId).toList());
            assertThat(topics.readCommitted(Topics.REJECTIONS, 2, PATIENCE))
                    .extracting(Rejection::getReason)
                    .containsExactlyInAnyOrder("no-mutation-site", "unparseable-snippet");
            assertThat(topics.readCommitted(Topics.DEAD_LETTERS, 1, PATIENCE))
                    .extracting(DeadLetter::getStage)
                    .containsExactly("synthesize");
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void operatorsKeepTheirUids() {
        Configuration config =
                SynthesizeJob.options()
                        .parse(
                                "--kafka.bootstrap-servers=localhost:1",
                                "--schema-registry.url=http://localhost:1",
                                "--synthesize.model-gap.share=0.5",
                                "--generation.strong=" + model,
                                "--generation.weak=" + model);
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        SynthesizeJob.build(env, config);

        assertThat(env.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .contains(
                        "synthesize.read-code-snippets",
                        "synthesize.decode-code-snippets",
                        "synthesize.read-opt-outs",
                        "synthesize.decode-opt-outs",
                        "synthesize.drop-opted-out-snippets",
                        "synthesize.make-tasks",
                        "synthesize.make-candidates",
                        "synthesize.count-attempts",
                        "synthesize.count-rejections",
                        "synthesize.write-candidate-pairs",
                        "synthesize.write-rejections",
                        "synthesize.write-dead-letters")
                .doesNotContainNull();
    }

    @Test
    void whatFollowsReleasesReadsThem() throws IOException {
        Path pool =
                Files.writeString(
                        folder.resolve("pool.json"),
                        "{\"generators\": [{\"name\": \"s\", \"roles\": {\"sampler\": 1}, \"where\": \"%s\"}]}"
                                .formatted(model));
        Configuration config =
                SynthesizeJob.options()
                        .parse(
                                "--kafka.bootstrap-servers=localhost:1",
                                "--schema-registry.url=http://localhost:1",
                                "--synthesize.self-contrast.share=0.5",
                                "--generation.pool=" + pool);
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        SynthesizeJob.build(env, config);

        assertThat(env.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .contains(
                        "synthesize.read-checkpoints",
                        "synthesize.decode-checkpoints",
                        "synthesize.attach-model")
                .doesNotContainNull()
                .doesNotContain("synthesize.make-tasks");
    }

    @Test
    void anOptionOutOfItsRangeIsNamed() {
        assertThatThrownBy(
                        () ->
                                SynthesizeOptions.mutation(
                                        SynthesizeJob.options()
                                                .parse("--synthesize.mutation.neutral-share=1.5")))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --synthesize.mutation.neutral-share=1.5 must be from 0 to 1");
        assertThatThrownBy(
                        () ->
                                SynthesizeOptions.mutation(
                                        SynthesizeJob.options()
                                                .parse("--synthesize.mutation.max-edits", "0")))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --synthesize.mutation.max-edits=0 must be at least 1");
        assertThatThrownBy(
                        () ->
                                SynthesizeOptions.commit(
                                        SynthesizeJob.options()
                                                .parse("--synthesize.commit.max-changed-files=0")))
                .isInstanceOf(UsageException.class)
                .hasMessage("option --synthesize.commit.max-changed-files=0 must be at least 1");
    }
}
