package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.content.git.GitAddress;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.verify.Prefstream.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * While a run goes on, a benchmark is added and a repository opts out: what was accepted is taken
 * back as far as the trainer's table, what comes later is dropped, and who was trained on it is
 * told.
 */
class ForgettingTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @Test
    void benchmarkAndOptOutReachTheTrainerAndWhatComesLater() throws Exception {
        Path out = folder.resolve("out");
        Path summary = out.resolve("summary.json");
        Path repository = folder.resolve("repository");
        Path other = folder.resolve("other");
        try (GitRepositoryOnDisk git = Meters.repository(repository);
                GitRepositoryOnDisk second = GitRepositoryOnDisk.create(other)) {
            second.write("src/kept.py", Meters.python(5_000)).commit("kept");
            try (Prefstream run = start(out, repository, other)) {
                run.await(summary, s -> !s.path("checkpoints").isEmpty());
                JsonNode before = Prefstream.json(summary);
                String checkpoint = before.at("/checkpoints/0/id").asText();

                Path benchmark = folder.resolve("meters.jsonl");
                Files.writeString(
                        benchmark,
                        JSON.writeValueAsString(Map.of("id", "Meters/3", "code", Meters.python(3)))
                                + "\n");
                assertThat(command(out, "benchmark", "add", benchmark + ":code", "--ngram", "40"))
                        .satisfies(
                                ended -> {
                                    assertThat(ended.status()).as(ended.said()).isZero();
                                    assertThat(ended.said())
                                            .startsWith("meters, version ")
                                            .endsWith(" fingerprints of 40 words");
                                });
                assertThat(command(out, "benchmark", "list").said())
                        .startsWith("meters, version ")
                        .contains(", added 20");
                JsonNode recalled =
                        run.await(summary, s -> s.at("/trainer/pairs/removals").asLong() > 0);
                assertThat(recalled.at("/trainer/pairs/removals").asLong())
                        .as("pairs of one function of %d", Meters.FUNCTIONS)
                        .isLessThan(before.path("pairs").asLong() / 2);

                String name = GitAddress.canonicalName(repository.toString());
                Ended optedOut =
                        command(out, "opt-out", "add", name, "--reason", "asked by the owner");
                assertThat(optedOut.status()).as(optedOut.said()).isZero();
                assertThat(optedOut.said())
                        .startsWith("repository " + name)
                        .contains("checkpoint " + checkpoint)
                        .contains("trained on");
                assertThat(command(out, "opt-out", "list").said())
                        .startsWith("repository " + name)
                        .contains("checkpoint " + checkpoint);
                long pairs = before.path("pairs").asLong();
                run.await(summary, s -> s.at("/trainer/pairs/removals").asLong() > pairs / 2);

                git.write("src/late.py", Meters.python(1_000)).commit("after the opt-out");
                run.await(summary, s -> s.at("/rejections/ingest.opted-out").asLong() == 1);
                run.signal("TERM");
                assertThat(run.end().status()).isEqualTo(130);
            }
        }
        JsonNode after = Prefstream.json(summary);
        assertThat(after.at("/rejections/ingest.opted-out").asLong()).isEqualTo(1);
        Summaries.assertBalanced(after);
    }

    private Prefstream start(Path out, Path... repositories) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--forever", "--out", out.toString()));
        for (Path repository : repositories) {
            arguments.addAll(List.of("--repo", repository.toString()));
        }
        for (String option :
                List.of(
                        "ingest.feed.poll-interval=1s",
                        "job.checkpoint-interval=1s",
                        "validate.holdout-by=FILE",
                        "trainer.schedule.release-every=4",
                        "trainer.batch.pairs=8",
                        "trainer.evaluation.probes=false")) {
            arguments.addAll(List.of("--config", option));
        }
        return Prefstream.start(folder, arguments.toArray(String[]::new));
    }

    /** Another command, on the running run's services. */
    private Ended command(Path out, String... words) throws Exception {
        JsonNode services = Prefstream.json(out.resolve("services.json"));
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(
                List.of(
                        "--bootstrap-servers",
                        services.path("bootstrapServers").asText(),
                        "--registry-url",
                        services.path("schemaRegistry").asText()));
        return Prefstream.run(folder, arguments.toArray(String[]::new));
    }
}
