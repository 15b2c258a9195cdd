package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.AnswerLog;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import io.prefstream.jobs.generators.testing.EndpointOnLoopback;
import io.prefstream.jobs.generators.testing.EndpointOnLoopback.Deed;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.Topics;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.kinds.KindSettings;
import io.prefstream.synthesize.models.ModelShares;
import io.prefstream.synthesize.tests.TestSettings;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job as users run it, in a process of its own and on a cluster, killed with hundreds of
 * requests under way.
 */
class KilledProcessTest {
    private static final int SNIPPETS = 400;
    private static final int ANSWERED_BEFORE = 300;
    private static final int UNDER_WAY = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir private Path folder;

    /** Something that runs the job and dies. */
    private interface Victim extends AutoCloseable {
        void kill() throws Exception;

        void comeBack() throws Exception;

        @Override
        void close() throws InterruptedException;
    }

    private interface Begin {
        Victim begin(List<String> options) throws Exception;
    }

    @Test
    void aProcessThatIsKilledAndRestoredGivesWhatAnUndisturbedRunGives() throws Exception {
        killed(AloneJob::new);
    }

    @Test
    void aTaskManagerThatIsKilledIsReplacedByItsClusterAndNothingElseDiffers() throws Exception {
        killed(ClusterJob::new);
    }

    /** What comes out must not differ, and only what was under way may be asked again. */
    private void killed(Begin job) throws Exception {
        List<CodeSnippet> snippets = Snippets.mutable(SNIPPETS);
        AtomicInteger came = new AtomicInteger();
        AtomicInteger phase = new AtomicInteger(1);
        try (TestTopics topics = TestTopics.start();
                EndpointOnLoopback endpoint =
                        new EndpointOnLoopback(
                                ask ->
                                        phase.get() == 1 && came.incrementAndGet() > ANSWERED_BEFORE
                                                ? Deed.HANG
                                                : Deed.ANSWER);
                Victim victim = job.begin(options(topics, endpoint))) {
            topics.produce(Topics.CODE_SNIPPETS, snippets);
            endpoint.awaitHanging(UNDER_WAY);
            // Whatever is committed, a checkpoint has seen.
            topics.readCommitted(Topics.CANDIDATE_PAIRS, 1, PATIENCE);
            victim.kill();
            // What the dead have sent, and nobody has read yet, must not count as asked again.
            endpoint.die();
            Set<String> underWay = endpoint.hanging();
            Map<String, Integer> askedBefore = endpoint.asked();
            int logged;
            try (AnswerLog answers = AnswerLog.open(folder.resolve("answers"), 1 << 30)) {
                logged = answers.size();
            }
            assertThat(underWay).hasSizeGreaterThanOrEqualTo(UNDER_WAY);
            assertThat(logged).isBetween(1, ANSWERED_BEFORE);

            phase.set(2);
            endpoint.rise();
            victim.comeBack();
            List<CandidatePair> candidates =
                    topics.readCommitted(Topics.CANDIDATE_PAIRS, SNIPPETS, PATIENCE);

            assertThat(candidates).containsExactlyInAnyOrderElementsOf(undisturbed(snippets));
            Map<String, Integer> askedAgain = new TreeMap<>(endpoint.asked());
            askedBefore.forEach((key, times) -> askedAgain.merge(key, -times, Integer::sum));
            askedAgain.values().removeIf(times -> times == 0);
            assertThat(askedAgain.values()).allMatch(times -> times == 1);
            assertThat(askedAgain).hasSize(2 * SNIPPETS - logged);
            askedAgain.keySet().removeIf(key -> !askedBefore.containsKey(key));
            // What is asked twice was under way: hanging, or its answer not yet in the log.
            assertThat(askedAgain).hasSize(askedBefore.size() - logged);
        }
    }

    /** The launcher's process is the cluster. */
    private final class AloneJob implements Victim {
        private final List<String> options;
        private Process process;

        AloneJob(List<String> options) throws IOException {
            this.options = options;
            process = start(List.of());
        }

        private Process start(List<String> more) throws IOException {
            return ChildJvm.start(
                    SynthesizeJob.class.getName(),
                    Stream.concat(options.stream(), more.stream()).toList(),
                    folder.resolve("log"));
        }

        @Override
        public void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void comeBack() throws IOException {
            process = start(List.of("--job.restore-from=" + newestCheckpoint()));
        }

        @Override
        public void close() throws InterruptedException {
            kill();
        }
    }

    /** Its JobManager lives on, and restores the job by itself. */
    private final class ClusterJob implements Victim {
        private final ClusterOnLoopback cluster;

        ClusterJob(List<String> options) throws Exception {
            cluster = new ClusterOnLoopback(folder.resolve("cluster"));
            try {
                cluster.submit(options);
            } catch (Exception e) {
                cluster.close();
                throw e;
            }
        }

        @Override
        public void kill() throws InterruptedException {
            cluster.killTaskManager();
        }

        @Override
        public void comeBack() throws IOException {
            cluster.startTaskManager();
        }

        @Override
        public void close() throws InterruptedException {
            cluster.close();
        }
    }

    private List<String> options(TestTopics topics, EndpointOnLoopback endpoint) {
        return List.of(
                "--kafka.bootstrap-servers=" + topics.connection().bootstrapServers(),
                "--schema-registry.url=" + topics.connection().registryUrl(),
                "--job.parallelism=2",
                "--job.checkpoint-interval=300ms",
                "--job.checkpoint-dir=" + folder.resolve("checkpoints").toUri(),
                "--synthesize.mutation.share=0",
                "--synthesize.model-gap.share=1",
                "--generation.strong=" + endpoint.url(),
                "--generation.strong-model=strong",
                "--generation.weak=" + endpoint.url(),
                "--generation.weak-model=weak",
                "--generation.max-answer=64",
                "--generation.in-flight=1000000",
                "--generation.capacity=400",
                "--generation.answers=" + folder.resolve("answers"));
    }

    private String newestCheckpoint() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .map(Path::getParent)
                    .max(
                            Comparator.comparingInt(
                                    checkpoint ->
                                            Integer.parseInt(
                                                    checkpoint
                                                            .getFileName()
                                                            .toString()
                                                            .substring("chk-".length()))))
                    .orElseThrow()
                    .toUri()
                    .toString();
        }
    }

    /** The same attempts, without Flink, client and endpoint. */
    private static List<CandidatePair> undisturbed(List<CodeSnippet> snippets) throws Exception {
        GeneratorPool.Factory models =
                GeneratorPool.Factory.of(
                        "synthesize",
                        List.of(spec("strong", Role.STRONG), spec("weak", Role.WEAK)),
                        3);
        StrategyShare share = ModelShares.modelGap(1);
        try (GeneratorPool pool = models.open("undisturbed", "cpu")) {
            Attempts attempts =
                    new Attempts(
                            new Recipe(
                                    List.of(share),
                                    1,
                                    new KindSettings(KindSettings.By.HEURISTIC, 1, 1),
                                    TestSettings.NONE),
                            pool);
            return snippets.stream()
                    .map(snippet -> new SnippetTask(snippet, null))
                    .flatMap(task -> attempts.of(task, new RetryBudget(3, 0)).join().stream())
                    .map(made -> ((Candidate) made.attempt()).pair())
                    .toList();
        }
    }

    private static GeneratorSpec spec(String name, Role role) {
        return new GeneratorSpec(
                name,
                device -> new AnsweringModel(name, request -> answer(name, request)),
                Map.of(role, 1.0),
                PromptStyle.CHAT,
                Sampling.temperature(0.7),
                64,
                Duration.ofMinutes(1),
                ReliableSettings.DEFAULTS);
    }

    private static Generation answer(String name, GenerationRequest request) {
        return new Generation(
                EndpointOnLoopback.code(name, request.seed()),
                FinishReason.STOP,
                0,
                0,
                Double.NaN,
                List.of(),
                name);
    }
}
