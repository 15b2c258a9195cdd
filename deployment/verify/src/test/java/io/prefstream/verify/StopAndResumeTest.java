package io.prefstream.verify;

import static io.prefstream.verify.Summaries.assertBalanced;
import static io.prefstream.verify.Summaries.assertEveryPairWasTakenInOnce;
import static io.prefstream.verify.Summaries.equation;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.verify.Prefstream.Ended;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that a signal stops leaves a savepoint of each job and a trunk of the trainer, and {@code
 * --resume} goes on from them as if nothing had been.
 */
class StopAndResumeTest {

    private static final int BATCH = 8;

    @TempDir Path folder;
    private Path out;
    private Path summary;

    @BeforeEach
    void pickOut() {
        out = folder.resolve("out");
        summary = out.resolve("summary.json");
    }

    /** Here the feed has ended and the jobs are done; the trainer is at work. */
    @Test
    void ctrlCWhileTrainingIsResumedWithoutSayingAnythingAgain() throws Exception {
        int steps = 40;
        Path repository = folder.resolve("repository");
        Meters.repository(repository).close();

        long stoppedAt;
        try (Prefstream run =
                start("--repo", repository.toString(), "--steps", Integer.toString(steps))) {
            run.await(summary, s -> s.at("/trainer/step").asLong() >= 2);
            run.signal("INT");
            stoppedAt = assertStopped(run.end());
        }
        assertThat(stoppedAt).isBetween(2L, steps - 1L);

        Ended resumed = Prefstream.run(folder, "run", "--resume", "--out", out.toString());

        assertThat(resumed.status()).as(resumed.said()).isZero();
        JsonNode after = assertFinished(steps);
        assertThat(after.path("events").asLong()).isEqualTo(1);
        assertThat(after.path("snippets").asLong()).isEqualTo(Meters.FUNCTIONS);
    }

    /** Here every job is running, and somebody writes into the topics what nobody can read. */
    @Test
    void runWithoutEndOutlivesGarbageAndIsResumedWithAnEnd() throws Exception {
        Path repository = folder.resolve("repository");
        long steps;
        try (GitRepositoryOnDisk git = Meters.repository(repository);
                Prefstream run =
                        start(
                                "--forever",
                                "--repo",
                                repository.toString(),
                                "--config",
                                "ingest.feed.poll-interval=1s")) {
            run.await(summary, s -> s.at("/trainer/step").asLong() >= 1);
            produce(Topics.CODE_SNIPPETS, garbage());
            produce(Topics.PREFERENCE_PAIRS, garbage());
            run.await(summary, s -> s.path("deadLetters").asInt() == 2 * garbage().size());
            git.write("src/late.py", Meters.python(1_000)).commit("while it runs");
            run.await(summary, s -> s.path("events").asLong() == 2);
            run.signal("TERM");
            steps = assertStopped(run.end()) + 10;
            git.write("src/later.py", Meters.python(2_000)).commit("while it is stopped");
        }

        Ended resumed =
                Prefstream.run(
                        folder,
                        "run",
                        "--resume",
                        "--steps",
                        Long.toString(steps),
                        "--out",
                        out.toString());

        assertThat(resumed.status()).as(resumed.said()).isZero();
        JsonNode after = assertFinished(steps);
        assertThat(after.path("events").asLong()).isEqualTo(3);
        assertThat(after.path("snippets").asLong()).isEqualTo(Meters.FUNCTIONS + 2);
        assertThat(after.path("deadLetters").asInt()).isEqualTo(2 * garbage().size());
        assertThat(equation(after, "synthesize", "snippet").path("deadLettered").asInt())
                .isEqualTo(garbage().size());
        assertThat(after.at("/trainer/pairs/deadLettered").asInt()).isEqualTo(garbage().size());
    }

    /** What a run is asked beside the options, so that the test takes less time. */
    private Prefstream start(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("run", "--out", out.toString()));
        arguments.addAll(List.of(options));
        for (String option :
                List.of(
                        "job.checkpoint-interval=1s",
                        "trainer.batch.pairs=" + BATCH,
                        "trainer.evaluation.probes=false")) {
            arguments.addAll(List.of("--config", option));
        }
        return Prefstream.start(folder, arguments.toArray(String[]::new));
    }

    /** A clean end, and everything that is needed to go on. Gives the trainer's step. */
    private long assertStopped(Ended ended) throws Exception {
        assertThat(ended.status()).as(ended.said()).isEqualTo(130);
        assertThat(ended.said())
                .endsWith("stopped; go on with: ./prefstream run --resume --out " + out)
                .doesNotContain("Exception", "no savepoint");
        JsonNode stopped = Prefstream.json(summary);
        assertThat(stopped.path("state").asText()).isEqualTo("stopped");
        JsonNode savepoints = Prefstream.json(out.resolve("savepoints.json"));
        for (String job : List.of("ingest", "synthesize", "validate")) {
            assertThat(Path.of(URI.create(savepoints.path(job).asText())).resolve("_metadata"))
                    .as("savepoint of " + job)
                    .isNotEmptyFile();
        }
        long step = stopped.at("/trainer/step").asLong();
        assertThat(trunk(step).resolve("manifest.json")).isNotEmptyFile();
        assertThat(out.resolve("services.json")).doesNotExist();
        return step;
    }

    private JsonNode assertFinished(long steps) throws Exception {
        JsonNode after = Prefstream.json(summary);
        assertThat(after.path("state").asText()).isEqualTo("finished");
        assertBalanced(after);
        assertEveryPairWasTakenInOnce(after);
        assertThat(after.at("/trainer/step").asLong()).isEqualTo(steps);
        // Had a step been made again or left out, the table would have been asked more or less.
        assertThat(after.at("/replay/sampled").asLong()).isEqualTo(steps * BATCH);
        assertThat(trunk(steps)).isDirectory();
        assertThat(after.path("checkpoints"))
                .anyMatch(checkpoint -> checkpoint.path("step").asLong() == steps);
        return after;
    }

    private Path trunk(long step) {
        return out.resolve("trainer").resolve("trunks").resolve("step-%09d".formatted(step));
    }

    private static List<byte[]> garbage() {
        byte[] noise = new byte[200];
        new Random(7).nextBytes(noise);
        noise[0] = 42;
        return List.of(noise, new byte[] {0, 0, 0}, new byte[] {0, 0, 0, 0, 1, 2, 3});
    }

    private void produce(Topic<?> topic, List<byte[]> values) throws Exception {
        String broker =
                Prefstream.json(out.resolve("services.json")).path("bootstrapServers").asText();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", broker),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (byte[] value : values) {
                // A key, as a compacted topic takes no record without one.
                producer.send(new ProducerRecord<>(topic.name(), new byte[] {7}, value)).get();
            }
        }
    }
}
