package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jobs' jar where it will run. */
class ApplicationModeTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path JOBS =
            Path.of(System.getProperty("prefstream.root"), "deployment/jobs/target");
    private static final String LARGER = "int larger%d(int a, int b) { return a > b ? a : b; }";
    private static final String SMALLER = "int larger%d(int a, int b) { return a > b ? b : a; }";

    @TempDir private Path folder;

    /**
     * With a tokenizer and a preference model, whose libraries are native. The second JobManager
     * has the TaskManager load the job's classes anew, in a process that has those libraries.
     */
    @Test
    void everyCandidateIsJudgedOnceThoughItsTaskManagerIsKilledAndItsJobStoppedAndRestored()
            throws Exception {
        Path model = TinyModels.write(folder.resolve("model"), 1, LARGER);
        List<CandidatePair> candidates = new ArrayList<>();
        try (TestTopics topics = TestTopics.start();
                FlinkApplication job =
                        new FlinkApplication(
                                JOBS,
                                folder.resolve("flink"),
                                "io.prefstream.validate.ValidateJob",
                                List.of(
                                        "--kafka.bootstrap-servers",
                                        topics.connection().bootstrapServers(),
                                        "--schema-registry.url="
                                                + topics.connection().registryUrl(),
                                        "--job.checkpoint-dir="
                                                + folder.resolve("checkpoints").toUri(),
                                        "--job.checkpoint-interval=500ms",
                                        "--job.parallelism=2",
                                        "--validate.tokenizer=" + model))) {
            topics.produce(
                    Topics.CHECKPOINTS, List.of(TinyModels.published("release-1", model, 1)));
            judge(topics, job, candidates);

            job.replaceTaskManager();
            judge(topics, job, candidates);

            job.restore(job.stop(folder.resolve("savepoints")));
            List<PreferencePair> pairs = judge(topics, job, candidates);

            assertThat(topics.readRawCommitted(Topics.REJECTIONS.name(), 0, PATIENCE)).isEmpty();
            assertThat(topics.readRawCommitted(Topics.DEAD_LETTERS.name(), 0, PATIENCE)).isEmpty();
            assertThat(pairs.get(pairs.size() - 1).getMarginModel()).isEqualTo("release-1");
        }
    }

    @Test
    void aMistakeInAnOptionEndsTheJobManagerAndIsTold() throws Exception {
        try (FlinkApplication job =
                new FlinkApplication(
                        JOBS,
                        folder.resolve("flink"),
                        "io.prefstream.validate.ValidateJob",
                        List.of("--validate.tokeniser=/models/base"))) {
            assertThat(job.end()).isNotZero();
            assertThat(job.log())
                    .contains(
                            "unknown option --validate.tokeniser;"
                                    + " did you mean --validate.tokenizer?");
        }
    }

    /** Produces some more candidates, and reads all pairs so far. */
    private static List<PreferencePair> judge(
            TestTopics topics, FlinkApplication job, List<CandidatePair> before) {
        List<CandidatePair> more =
                IntStream.range(before.size(), before.size() + 50)
                        .mapToObj(ApplicationModeTest::candidate)
                        .toList();
        topics.produce(Topics.CANDIDATE_PAIRS, more);
        before.addAll(more);
        try {
            List<PreferencePair> pairs =
                    topics.readCommitted(Topics.PREFERENCE_PAIRS, before.size(), PATIENCE);
            assertThat(pairs)
                    .extracting(PreferencePair::getId)
                    .containsExactlyInAnyOrderElementsOf(
                            before.stream().map(CandidatePair::getId).toList());
            return pairs;
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + job.log(), e);
        }
    }

    private static CandidatePair candidate(int number) {
        String chosen = LARGER.formatted(number);
        String rejected = SMALLER.formatted(number);
        String instruction = "Returns the larger of two numbers.";
        return Candidates.of(number, instruction, chosen, rejected);
    }
}
