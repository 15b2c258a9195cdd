package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.common.testing.BenchmarkExamples;
import io.prefstream.jobs.common.testing.LedgerReadings;
import io.prefstream.jobs.common.testing.OptOutExamples;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import io.prefstream.validate.checks.TokenEncoder;
import io.prefstream.validate.margin.SharedMarginScorer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The job as it is wired, with the real broker and registry. */
class ValidateJobTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final LedgerReadings LEDGER = new LedgerReadings();

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster(LEDGER);

    @Test
    void everyCandidateIsAPairARejectionOrADeadLetterOnceAlsoWhenTheJobFailsBetween(
            @TempDir Path folder) throws Exception {
        TestTopics topics = TestTopics.shared();
        topics.clear();
        Configuration config = configuration(topics);
        Path failed = folder.resolve("failed");
        String failedFile = failed.toString();
        Path release = TinyModels.write(folder.resolve("release-1"), 1, Candidates.LARGER);
        List<CandidatePair> first = Candidates.good(100);
        List<CandidatePair> second =
                new ArrayList<>(IntStream.range(100, 200).mapToObj(Candidates::number).toList());
        CandidatePair identical = Candidates.java(Candidates.LARGER, Candidates.LARGER + "//");
        second.add(identical);
        second.add(Candidates.java(" ", Candidates.SMALLER));
        String fatal = second.get(99).getChosen().getText();

        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        ValidateJob.build(
                env,
                config,
                tokenizer -> failingOnceAt(fatal, failedFile),
                SharedMarginScorer.factory("validate-test", 1));
        JobClient job = env.executeAsync("validate-test");
        try {
            topics.produce(Topics.CANDIDATE_PAIRS, first);
            topics.produceRaw(Topics.CANDIDATE_PAIRS.name(), null, new byte[] {1, 2, 3});
            assertThat(topics.readCommitted(Topics.PREFERENCE_PAIRS, 100, PATIENCE))
                    .allSatisfy(pair -> assertThat(pair.getMarginModel()).isNull());

            topics.produce(
                    Topics.CHECKPOINTS, List.of(TinyModels.published("release-1", release, 1)));
            topics.produce(Topics.CANDIDATE_PAIRS, second);

            assertThat(topics.readCommitted(Topics.PREFERENCE_PAIRS, 200, PATIENCE))
                    .extracting(PreferencePair::getId)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 200)
                                    .mapToObj(Candidates::number)
                                    .map(CandidatePair::getId)
                                    .toList());
            assertThat(failed).exists();
            assertThat(topics.readCommitted(Topics.REJECTIONS, 2, PATIENCE))
                    .extracting(Rejection::getReason)
                    .containsExactlyInAnyOrder("identical-after-normalisation", "empty-side");
            assertThat(topics.readCommitted(Topics.DEAD_LETTERS, 1, PATIENCE))
                    .extracting(DeadLetter::getStage)
                    .containsExactly("validate");
            assertThat(LEDGER.count("validate-test", "validate", "candidate", "in")).isEqualTo(202);
            assertThat(LEDGER.count("validate-test", "validate", "candidate", "out"))
                    .isEqualTo(200);

            PreferencePair scored = nextScored(topics);
            assertThat(scored.getMarginModel()).isEqualTo("release-1");
            assertThat(scored.getMargin())
                    .isCloseTo(TinyModels.margin(release, scored.getCandidate()), within(1e-5));
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void takesBackThePairsOfARepositoryThatOptsOutAndTakesNoMore() throws Exception {
        TestTopics topics = TestTopics.shared();
        topics.clear();
        List<CandidatePair> unwanted = Candidates.good(20);
        CandidatePair other =
                CandidatePair.newBuilder(Candidates.number(20)).setRepository("kept").build();
        JobClient job = start(topics);
        try {
            topics.produce(Topics.CANDIDATE_PAIRS, unwanted);
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(other));
            topics.readCommitted(Topics.PREFERENCE_PAIRS, 21, PATIENCE);

            topics.produce(
                    Topics.OPT_OUTS, List.of(OptOutExamples.of(unwanted.get(0).getRepository())));

            List<ConsumerRecord<byte[], byte[]>> log =
                    topics.readRawCommitted(Topics.PREFERENCE_PAIRS.name(), 41, PATIENCE);
            assertThat(log).filteredOn(record -> record.value() == null).hasSize(20);
            for (CandidatePair candidate : unwanted) {
                // The pair, and behind it in the same partition its tombstone.
                assertThat(log)
                        .filteredOn(record -> keyOf(record).equals(candidate.getId()))
                        .extracting(record -> record.value() == null)
                        .containsExactly(false, true);
            }
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(Candidates.number(21)));
            assertThat(topics.readCommitted(Topics.REJECTIONS, 1, PATIENCE))
                    .extracting(Rejection::getReason)
                    .containsExactly("opted-out");
        } finally {
            job.cancel().get();
        }
        JobClient later = start(topics);
        try {
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(Candidates.number(22)));
            assertThat(topics.readCommitted(Topics.REJECTIONS, 2, PATIENCE))
                    .extracting(Rejection::getReason)
                    .containsOnly("opted-out");
        } finally {
            later.cancel().get();
        }
    }

    @Test
    void takesBackThePairsThatHoldAPartOfABenchmarkThatIsAddedAndTakesNoMore() throws Exception {
        TestTopics topics = TestTopics.shared();
        topics.clear();
        List<CandidatePair> clean = Candidates.good(20);
        CandidatePair contaminated = withTask(Candidates.number(20));
        JobClient job = start(topics);
        try {
            topics.produce(Topics.CANDIDATE_PAIRS, clean);
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(contaminated));
            topics.readCommitted(Topics.PREFERENCE_PAIRS, 21, PATIENCE);

            topics.produce(
                    Topics.BENCHMARKS,
                    List.of(BenchmarkExamples.garbage(), BenchmarkExamples.foxes()));

            assertThat(topics.readRawCommitted(Topics.PREFERENCE_PAIRS.name(), 22, PATIENCE))
                    .filteredOn(record -> record.value() == null)
                    .extracting(ValidateJobTest::keyOf)
                    .containsExactly(contaminated.getId());
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(withTask(Candidates.number(21))));
            assertThat(topics.readCommitted(Topics.REJECTIONS, 1, PATIENCE))
                    .singleElement()
                    .satisfies(
                            rejection -> {
                                assertThat(rejection.getReason()).isEqualTo("contaminated");
                                assertThat(rejection.getDetail()).contains("Foxes/1 of foxes");
                            });
        } finally {
            job.cancel().get();
        }
    }

    @Test
    void aPairWhoseLabelIsInDoubtIsKeptWholeOnATopicOfItsOwn() throws Exception {
        TestTopics topics = TestTopics.shared();
        topics.clear();
        CandidatePair doubted =
                CandidatePair.newBuilder(Candidates.number(1)).setStrategy("critic").build();
        JobClient job = start(topics, Map.of("validate.min-confidence", "0.9"));
        try {
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(Candidates.number(0), doubted));

            assertThat(topics.readCommitted(Topics.QUARANTINED_PAIRS, 1, PATIENCE))
                    .singleElement()
                    .satisfies(
                            pair -> {
                                assertThat(pair.getCandidate()).isEqualTo(doubted);
                                assertThat(pair.getConfidence()).isEqualTo(23.5 / 41);
                                assertThat(pair.getChecks()).hasSizeGreaterThan(10);
                            });
            assertThat(topics.readCommitted(Topics.REJECTIONS, 1, PATIENCE))
                    .extracting(Rejection::getReason)
                    .containsExactly("confidence-below-minimum");
            assertThat(topics.readCommitted(Topics.PREFERENCE_PAIRS, 1, PATIENCE))
                    .extracting(PreferencePair::getId)
                    .containsExactly(Candidates.number(0).getId());
        } finally {
            job.cancel().get();
        }
    }

    private static CandidatePair withTask(CandidatePair candidate) {
        return CandidatePair.newBuilder(candidate).setInstruction(BenchmarkExamples.TASK).build();
    }

    private static JobClient start(TestTopics topics) throws Exception {
        return start(topics, Map.of());
    }

    private static JobClient start(TestTopics topics, Map<String, String> options)
            throws Exception {
        Configuration config = configuration(topics);
        config.addAll(Configuration.fromMap(options));
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        ValidateJob.build(
                env,
                config,
                tokenizer -> TokenEncoder.bytes(),
                SharedMarginScorer.factory("opt-out-test", 1));
        return env.executeAsync("opt-out-test");
    }

    private static String keyOf(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    @Test
    void everyOperatorHasItsName() {
        Configuration config = new Configuration();
        config.set(TopicsOptions.BOOTSTRAP_SERVERS, "127.0.0.1:1");
        config.set(TopicsOptions.REGISTRY_URL, "http://127.0.0.1:1");
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        ValidateJob.build(env, config);

        assertThat(env.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .filteredOn(Objects::nonNull)
                .containsExactlyInAnyOrder(
                        "validate.read-candidate-pairs",
                        "validate.decode-candidate-pairs",
                        "validate.read-checkpoints",
                        "validate.decode-checkpoints",
                        "validate.read-opt-outs",
                        "validate.decode-opt-outs",
                        "validate.read-benchmarks",
                        "validate.decode-benchmarks",
                        "validate.tell-opt-outs",
                        "validate.tell-benchmarks",
                        "validate.form-pairs",
                        "validate.admit-pairs",
                        "validate.retract-pairs",
                        "validate.measure-bias",
                        "validate.time-bias",
                        "validate.split-bias",
                        "validate.report-bias",
                        "validate.check-candidates",
                        "validate.attach-model",
                        "validate.measure-margin",
                        "validate.finish-pairs",
                        "validate.note-rules",
                        "validate.count-rejections",
                        "validate.write-preference-pairs",
                        "validate.write-quarantined-pairs",
                        "validate.write-rejections",
                        "validate.write-dead-letters",
                        "Sink Committer: validate.write-preference-pairs",
                        "Sink Committer: validate.write-quarantined-pairs",
                        "Sink Committer: validate.write-rejections",
                        "Sink Committer: validate.write-dead-letters");
    }

    @Test
    void withoutTopicsTheMissingOptionIsNamed() {
        assertThatThrownBy(
                        () ->
                                ValidateJob.build(
                                        StreamExecutionEnvironment.getExecutionEnvironment(),
                                        new Configuration()))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("option --kafka.bootstrap-servers is missing");
    }

    /** Candidates go on coming until the release has reached every subtask. */
    private static PreferencePair nextScored(TestTopics topics) {
        for (int number = 200; number < 260; number++) {
            topics.produce(Topics.CANDIDATE_PAIRS, List.of(Candidates.number(number)));
            String id = Candidates.number(number).getId();
            PreferencePair pair =
                    topics.readCommitted(Topics.PREFERENCE_PAIRS, number + 1, PATIENCE).stream()
                            .filter(p -> p.getId().equals(id))
                            .findFirst()
                            .orElseThrow();
            if (pair.getMarginModel() != null) {
                return pair;
            }
        }
        throw new AssertionError("no pair ever carried the published model");
    }

    private static Configuration configuration(TestTopics topics) {
        Configuration config = new Configuration();
        config.set(TopicsOptions.BOOTSTRAP_SERVERS, topics.connection().bootstrapServers());
        config.set(TopicsOptions.REGISTRY_URL, topics.connection().registryUrl());
        config.set(JobEnvironment.CHECKPOINT_INTERVAL, Duration.ofMillis(500));
        config.set(JobEnvironment.RESTART_DELAY, Duration.ofMillis(100));
        return config;
    }

    /** A tokenizer that fails at one text, the first time: a file remembers it. */
    private static TokenEncoder failingOnceAt(String text, String file) {
        TokenEncoder bytes = TokenEncoder.bytes();
        return (instruction, response) -> {
            if (response.equals(text)) {
                try {
                    Files.createFile(Path.of(file));
                    throw new IllegalStateException("fails once, as the test wants it");
                } catch (FileAlreadyExistsException e) {
                    return bytes.encode(instruction, response);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return bytes.encode(instruction, response);
        };
    }
}
