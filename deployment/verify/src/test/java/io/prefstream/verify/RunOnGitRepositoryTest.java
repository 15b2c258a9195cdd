package io.prefstream.verify;

import static io.prefstream.verify.Summaries.assertBalanced;
import static io.prefstream.verify.Summaries.equation;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.testing.GitRepositoryOnDisk;
import io.prefstream.model.DemoGenerator;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.verify.Prefstream.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command that a person types, on a repository made here: {@code ./prefstream run --repo …} in
 * a process of its own, from code to an exported model.
 */
class RunOnGitRepositoryTest {

    private static final int FIFTY_MEGABYTES = 50 << 20;

    /** Files that the second commit fixes a function in. */
    private static final int FIXED = 8;

    @TempDir Path folder;

    @Test
    void repositoryBecomesAModelAndEveryStageAddsUp() throws Exception {
        Path repository = folder.resolve("repository");
        byte[] noise = new byte[4_096];
        new Random(1).nextBytes(noise);
        try (GitRepositoryOnDisk git = Meters.repository(repository)) {
            for (int i = 0; i < FIXED / 2; i++) {
                git.write(
                                "src/Meter%d.java".formatted(i),
                                Meters.java(i).replace("mark < to", "mark <= to"))
                        .write(
                                "src/meter%d.py".formatted(i),
                                Meters.python(i).replace("low > limit", "low >= limit"));
            }
            git.commit("Fix the last mark of some meters (#12)");
            git.write("noise.bin", noise)
                    .write("src/Noise.java", noise)
                    .write("src/Torn.java", "class Torn { é".getBytes(StandardCharsets.UTF_16))
                    .write("src/broken.py", "def broken(:\n    return )\n")
                    .write("src/Big.java", new byte[FIFTY_MEGABYTES])
                    .commit("what nobody can read");
        }
        Path out = folder.resolve("out");

        // The strong model writes in the run's own process, the weak one behind an endpoint, which
        // is away until the run says so.
        Path weak = DemoGenerator.WEAK.writeTo(folder);
        AtomicBoolean away = new AtomicBoolean(true);
        Ended ended;
        try (TextEngine engine = new TextEngine(weak, "demo-weak", EngineOptions.defaults());
                ServerThatComesBack server =
                        new ServerThatComesBack(engine, hangUps -> away.get());
                Prefstream run = modelsAndMutations(repository, out, server.address() + "/v1")) {
            run.await(() -> run.said().contains("generator weak is away"));
            away.set(false);
            ended = run.end();
        }

        assertThat(ended.status()).as(ended.said()).isZero();
        JsonNode summary = Prefstream.json(out.resolve("summary.json"));
        assertThat(summary.path("state").asText()).isEqualTo("finished");
        assertThat(summary.path("events").asLong()).isEqualTo(3);
        assertThat(summary.path("snippets").asLong()).isGreaterThanOrEqualTo(Meters.FUNCTIONS);
        assertThat(summary.path("pairs").asLong()).isPositive();
        assertBalanced(summary);
        assertThat(summary.at("/pairsByStrategy/mutation").asLong()).isPositive();
        assertThat(summary.at("/pairsByStrategy/model-gap").asLong()).isPositive();
        assertThat(summary.at("/pairsByStrategy/commit").asLong()).isPositive();
        // A fixed function is like what it was: of the two, one is mutated and shown to models.
        assertThat(equation(summary, "synthesize", "attempt").path("in").asLong())
                .isEqualTo(Meters.FUNCTIONS + Meters.FUNCTIONS / 2 + FIXED);
        JsonNode files = equation(summary, "ingest", "file");
        assertThat(files.path("rejected").asLong()).isGreaterThanOrEqualTo(4);
        assertThat(summary.at("/trainer/step").asLong()).isEqualTo(5);
        assertThat(summary.at("/trainer/holdoutPairs").asLong()).isPositive();

        JsonNode release = summary.path("checkpoints").path(0);
        assertThat(release.path("kind").asText()).isEqualTo("release");
        assertThat(Path.of(release.path("path").asText()))
                .isDirectoryContaining("glob:**/config.json")
                .isDirectoryContaining("glob:**/tokenizer.json")
                .isDirectoryContaining("glob:**/model.safetensors");

        assertThat(run("--repo", repository.toString(), "--out", out.toString()))
                .isEqualTo(
                        new Ended(
                                2,
                                "prefstream: --out=%s holds an earlier run: add --resume to go on with it, or name another folder"
                                        .formatted(out)));
    }

    @Test
    void emptyRepositoryGivesNothingToTrainOnAndSaysSo() throws Exception {
        Path repository = folder.resolve("empty");
        GitRepositoryOnDisk.create(repository).close();
        Path out = folder.resolve("out");

        Ended ended = run("--repo", repository.toString(), "--steps", "5", "--out", out.toString());

        assertThat(ended.status()).as(ended.said()).isEqualTo(1);
        assertThat(ended.said()).contains("nothing to train on");
        JsonNode summary = Prefstream.json(out.resolve("summary.json"));
        assertThat(summary.path("pairs").asLong()).isZero();
        assertBalanced(summary);
    }

    private Prefstream modelsAndMutations(Path repository, Path out, String endpoint)
            throws IOException {
        // The split hashes the repository's path, which differs each time: at the default share one
        // run in a hundred would hold no file out.
        return Prefstream.start(
                folder,
                "run",
                "--repo",
                repository.toString(),
                "--steps",
                "5",
                "--out",
                out.toString(),
                "--config",
                "validate.holdout-share=0.4",
                "--config",
                "synthesize.model-gap.share=1",
                "--config",
                "generation.weak=" + endpoint,
                "--config",
                "generation.weak-model=model");
    }

    private Ended run(String... options) throws Exception {
        String[] arguments = new String[options.length + 1];
        arguments[0] = "run";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return Prefstream.run(folder, arguments);
    }
}
