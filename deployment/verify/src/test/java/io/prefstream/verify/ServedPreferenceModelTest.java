package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.generators.release.AnswerScorer;
import io.prefstream.jobs.generators.release.EndpointScorer;
import io.prefstream.jobs.generators.release.FolderScorer;
import io.prefstream.jobs.generators.release.Rewards;
import io.prefstream.jobs.generators.testing.TinyModels;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Verdict;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.trainer.CheckpointFolder;
import io.prefstream.trainer.serve.CompletionServer;
import io.prefstream.validate.ValidateJob;
import io.prefstream.validate.ValidateOptions;
import io.prefstream.validate.ValidatePipeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.types.Either;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that ask a server for the preference model's opinion, with the real ones of all. */
class ServedPreferenceModelTest {
    private static final int PAIRS = 40;
    private static final String INSTRUCTION = "Returns the larger of two numbers.";
    private static final String LARGER = "int larger%d(int a, int b) { return a > b ? a : b; }";

    /** The fit of a release's margins, which is told beside them. */
    private static final String LINEAGE = "{\"id\": \"release-1\", \"holdoutMarginScale\": 0.5}";

    @TempDir private Path folder;

    @Test
    void marginsOfAServerAreThoseOfTheReleaseInProcess() throws Exception {
        Path releases = folder.resolve("releases");
        Path release = publish(releases);
        Map<String, PreferencePair> inProcess =
                validated(TinyModels.published("release-1", release, 1));

        Map<String, PreferencePair> served;
        try (Prefstream server =
                Prefstream.start(
                        folder,
                        "serve",
                        "--model",
                        releases.toString(),
                        "--follow",
                        "--port=0",
                        "--weights=FLOAT32")) {
            served = validated(null, "--validate.margin.endpoint=" + address(server));
        }

        assertThat(served).hasSize(PAIRS).containsOnlyKeys(inProcess.keySet());
        served.forEach(
                (id, pair) -> {
                    PreferencePair expected = inProcess.get(id);
                    assertThat(pair.getMarginModel()).isEqualTo("release-1");
                    assertThat(pair.getMargin()).isCloseTo(expected.getMargin(), within(1e-5));
                    assertThat(pair.getConfidence())
                            .isCloseTo(expected.getConfidence(), within(1e-6));
                    assertThat(margin(pair).getDetail())
                            .contains("log-odds are 0.5 times the margin");
                });
        assertThat(served.values().stream().map(PreferencePair::getMargin).distinct())
                .hasSizeGreaterThan(PAIRS / 2);
    }

    @Test
    void pairsGoOnWithoutMarginsWhereNobodyServes() throws Exception {
        String nobody;
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            nobody = "http://localhost:" + socket.getLocalPort();
        }

        Map<String, PreferencePair> pairs =
                validated(
                        null,
                        "--validate.margin.endpoint=" + nobody,
                        "--validate.margin.retry-delay=1ms");

        assertThat(pairs).hasSize(PAIRS);
        assertThat(pairs.values())
                .allSatisfy(
                        pair -> {
                            assertThat(pair.getMargin()).isNull();
                            assertThat(margin(pair).getVerdict()).isEqualTo(Verdict.SKIPPED);
                            assertThat(margin(pair).getDetail())
                                    .startsWith("no margin after 3 of validate.margin.attempts=3")
                                    .contains(nobody + "/v1 can't be reached");
                        });
    }

    @Test
    void attemptsThatLastUntilAServerIsBackGiveEveryPairItsMargin() throws Exception {
        Path model = TinyModels.write(folder.resolve("model"), 1, LARGER);
        try (TextEngine engine = new TextEngine(model, "release-1", EngineOptions.forScores());
                ServerThatComesBack server =
                        new ServerThatComesBack(engine, hangUps -> hangUps < 2 * PAIRS)) {
            Map<String, PreferencePair> pairs =
                    validated(
                            null,
                            "--validate.margin.endpoint=" + server.address(),
                            "--validate.margin.attempts=1000000",
                            "--validate.margin.retry-delay=10ms",
                            "--validate.margin.timeout=4m");

            assertThat(pairs).hasSize(PAIRS);
            assertThat(pairs.values())
                    .allSatisfy(pair -> assertThat(pair.getMarginModel()).isEqualTo("release-1"));
        }
    }

    @Test
    void selfContrastsRewardsAreThoseOfTheFolderInProcess() throws Exception {
        Path model = TinyModels.write(folder.resolve("model"), 1, LARGER);
        List<String> answers =
                IntStream.range(0, 4).mapToObj(i -> LARGER.formatted(i).repeat(i + 1)).toList();
        EngineOptions options = EngineOptions.forScores();
        try (TextEngine engine = new TextEngine(model, "release-1", options);
                CompletionServer server = ServerThatComesBack.serve(engine, 0);
                AnswerScorer local = FolderScorer.factory(model.toString(), options).open();
                AnswerScorer remote =
                        EndpointScorer.factory(
                                        "test",
                                        OpenAiSettings.of(
                                                "any",
                                                List.of(URI.create(server.address() + "/v1"))))
                                .open()) {
            Rewards expected = rewards(local, answers);
            Rewards given = rewards(remote, answers);

            assertThat(given.model()).isEqualTo("release-1");
            for (int i = 0; i < answers.size(); i++) {
                assertThat(given.values().get(i))
                        .isCloseTo(expected.values().get(i), within(1e-5f));
            }
        }
    }

    private static Rewards rewards(AnswerScorer scorer, List<String> answers) throws Exception {
        return scorer.rewards(null, INSTRUCTION, answers).get(60, TimeUnit.SECONDS);
    }

    /** Where a served model can be asked, once it can. */
    static String address(Prefstream serve) throws Exception {
        serve.await(() -> serve.said().contains("serving releases on http"));
        return serve.said()
                .lines()
                .filter(line -> line.startsWith("serving releases on "))
                .map(line -> line.substring("serving releases on ".length()))
                .findFirst()
                .orElseThrow();
    }

    private static Path publish(Path releases) throws IOException {
        try (CheckpointFolder.Unfinished release =
                new CheckpointFolder(releases).begin("step-000000001")) {
            TinyModels.write(release.path(), 1, LARGER);
            Files.writeString(release.path().resolve("lineage.json"), LINEAGE);
            release.seal();
            return release.replace("step-000000001");
        }
    }

    /** What validation makes of the pairs, by id. */
    private static Map<String, PreferencePair> validated(
            @Nullable CheckpointPublished release, String... options) throws Exception {
        BoundedRun run = new BoundedRun(2);
        ValidatePipeline.Outputs outputs =
                ValidatePipeline.build(
                        run.from("candidates", CandidatePair.class, pairs()),
                        release == null ? run.checkpoints() : run.checkpoints(release),
                        run.optOuts(),
                        run.benchmarks(),
                        ValidateOptions.settings(ValidateJob.options().parse(options)));
        var pairs =
                run.keep(
                        outputs.pairs()
                                .map(Either::left)
                                .returns(AvroType.forRecord(PreferencePair.class))
                                .uid("left"));
        run.execute("served-preference-model");
        Map<String, PreferencePair> byId = new HashMap<>();
        pairs.get().forEach(pair -> byId.put(pair.getId(), pair));
        return byId;
    }

    private static List<CandidatePair> pairs() {
        return IntStream.range(0, PAIRS).mapToObj(ServedPreferenceModelTest::pair).toList();
    }

    private static CandidatePair pair(int number) {
        String chosen = LARGER.formatted(number);
        String rejected = chosen.replace("? a : b", "? b : a");
        return Candidates.of(number, INSTRUCTION, chosen, rejected);
    }

    private static CheckOutcome margin(PreferencePair pair) {
        return pair.getChecks().stream()
                .filter(check -> check.getCheck().equals("margin"))
                .findFirst()
                .orElseThrow();
    }
}
