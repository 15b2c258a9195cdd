package io.prefstream.trainer;

import static io.prefstream.trainer.TrainerProcess.KILLED;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.model.ModelBundle;
import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.SplitMix64;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.testing.TestTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real trainer with a real model in a real process on a real broker, killed as {@code kill -9}
 * does, asked to stop as {@code kill} does, and left by its broker.
 */
class TrainerKillTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAIRS = 900;
    private static final int STEPS = 120;
    private static final String[] SETTINGS = {
        "schedule.steps=" + STEPS,
        "batch.pairs=8",
        "optimizer.learning-rate=0.005",
        "replay.min-size=64",
        "source.pairs-per-step=8",
        "schedule.trunk-every-steps=20",
        "schedule.release-every=50",
        "evaluation.probes=false"
    };

    @TempDir Path folder;

    private Path pairFile;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        pairFile = PairFile.separable(folder.resolve("pairs.jsonl"), PAIRS);
        model = TinyModel.write(folder.resolve("model"), pairFile);
    }

    @Test
    void killedAtAnyMomentItStillTakesEveryPairOnceAndMakesTheSameSteps() throws Exception {
        SplitMix64 random = new SplitMix64(20);
        TestTopics topics = TestTopics.shared();
        List<PreferencePair> pairs = pairs();
        topics.produce(Topics.PREFERENCE_PAIRS, pairs.subList(0, PAIRS / 2));
        topics.produceRaw(Topics.PREFERENCE_PAIRS.name(), new byte[] {7}, new byte[] {0, 1, 2});
        topics.produce(Topics.PREFERENCE_PAIRS, pairs.subList(PAIRS / 2, PAIRS));
        List<String> arguments =
                List.of(
                        "--bootstrap-servers",
                        topics.connection().bootstrapServers(),
                        "--registry",
                        topics.connection().registryUrl(),
                        "--model",
                        model.toString());

        Path whole = folder.resolve("whole");
        Map<Long, Double> expected = new TreeMap<>();
        runToTheEnd(TrainerProcess.start(whole, arguments, SETTINGS), expected);

        Path killed = folder.resolve("killed");
        Map<Long, Double> losses = new TreeMap<>();
        Path trunks = killed.resolve("trunks");
        List<Moment> moments =
                List.of(
                        atEvent("trunk", "step", 33),
                        // Trunk 40 has just got its name.
                        once(() -> Files.exists(trunks.resolve("step-000000040"))),
                        atEvent("release", "forkStep", 3),
                        // The release has got its name, and is announced next.
                        once(() -> isThere(killed.resolve("releases"), "step-000000050-")),
                        // Trunk 80 is being sealed; or it was, if that was too quick to be seen.
                        once(
                                () ->
                                        Files.exists(
                                                        trunks.resolve(
                                                                ".unfinished-step-000000080/manifest.json"))
                                                || Files.exists(trunks.resolve("step-000000080"))),
                        atRandom(random),
                        atRandom(random));
        for (Moment moment : moments) {
            TrainerProcess process = TrainerProcess.start(killed, arguments, SETTINGS);
            assertThat(moment.kill(process, losses)).as(process::log).isEqualTo(KILLED);
        }
        runToTheEnd(TrainerProcess.start(killed, arguments, SETTINGS), losses);

        // Bit by bit: JSON carries a double exactly.
        assertThat(losses).hasSize(STEPS).isEqualTo(expected);
        assertThat(losses.get((long) STEPS)).isLessThan(losses.get(1L));

        List<String> train = idsOf(pairs, Split.TRAIN);
        assertThat(taken(killed))
                .containsExactlyElementsOf(taken(whole))
                .containsExactlyInAnyOrderElementsOf(train);
        assertThat(judged(killed))
                .isEqualTo(judged(whole))
                .containsExactlyInAnyOrderElementsOf(idsOf(pairs, Split.HOLDOUT));
        TrainerState state = TrunkStore.state(lastTrunk(killed));
        assertThat(state.pairs())
                .isEqualTo(
                        new PairCounts(
                                PAIRS + 1,
                                train.size(),
                                PAIRS - train.size(),
                                0,
                                0,
                                0,
                                1,
                                0,
                                Map.of(),
                                TakenBack.NONE));
        // Draws, counters, curve and random state; only the folder's name and the time are its own.
        assertThat(state)
                .usingRecursiveComparison()
                .ignoringFields("releases.path", "period.millis")
                .isEqualTo(TrunkStore.state(lastTrunk(whole)));
        for (String file : List.of(ModelBundle.WEIGHTS, "optimizer.safetensors")) {
            assertThat(lastTrunk(killed).resolve(file))
                    .hasSameBinaryContentAs(lastTrunk(whole).resolve(file));
        }

        // Both runs announce the same releases (an id holds the digest of the weights), and say
        // where the bad record lies; some of it twice, after a kill.
        List<CheckpointPublished> announced = topics.readCommitted(Topics.CHECKPOINTS, 6, PATIENCE);
        assertThat(announced.stream().map(CheckpointPublished::getId).distinct())
                .containsExactlyElementsOf(
                        state.releases().stream().map(TrainerState.Release::id).toList())
                .hasSize(3);
        assertThat(announced.get(0).getMetrics()).containsKey("holdout-accuracy");
        List<DeadLetter> letters = topics.readCommitted(Topics.DEAD_LETTERS, 2, PATIENCE);
        assertThat(letters).allMatch(letter -> letter.getValue().remaining() == 3);
        assertThat(letters.stream().map(DeadLetter::getOffset).distinct()).hasSize(1);
    }

    @Test
    void askedToStopItWritesATrunkAndEndsWell() throws Exception {
        Path out = folder.resolve("out");
        TrainerProcess process =
                TrainerProcess.start(
                        out,
                        List.of("--pairs", pairFile.toString(), "--model", model.toString()),
                        "schedule.steps=100000000",
                        "replay.min-size=64");
        AtomicReference<JsonNode> last = new AtomicReference<>();
        int exit =
                process.listen(
                        event -> {
                            last.set(event);
                            if (stepped(event, "trunk") && event.path("step").asLong() == 10) {
                                process.askToStop();
                            }
                        });
        assertThat(exit).as(process::log).isZero();
        assertThat(last.get().path("ending").asText()).isEqualTo("stopped");
        assertThat(lastTrunk(out))
                .hasFileName("step-%09d".formatted(last.get().path("step").asLong()));
    }

    @Test
    void whereOneIsAtWorkAnotherIsRefusedAndTheFirstGoesOn() throws Exception {
        Path out = folder.resolve("out");
        List<String> source = List.of("--pairs", pairFile.toString(), "--model", model.toString());
        TrainerProcess process =
                TrainerProcess.start(out, source, "schedule.steps=100000000", "replay.min-size=64");
        AtomicReference<CommandRun> second = new AtomicReference<>();
        int exit =
                process.listen(
                        event -> {
                            if (stepped(event, "trunk") && event.path("step").asLong() == 3) {
                                second.set(
                                        CommandRun.of(
                                                "",
                                                "train",
                                                "--pairs",
                                                pairFile.toString(),
                                                "--steps",
                                                "5",
                                                "--out",
                                                out.toString()));
                            }
                            if (stepped(event, "trunk") && event.path("step").asLong() == 10) {
                                process.askToStop();
                            }
                        });
        assertThat(exit).as(process::log).isZero();
        assertThat(second.get().code()).isEqualTo(1);
        assertThat(second.get().complaint())
                .isEqualTo(
                        "trainer: out=%s: another trainer is at work in it; wait for it, or give"
                                + " another out",
                        out);
        assertThat(Manifest.problem(lastTrunk(out))).isEmpty();
        // It is free again.
        String steps = "schedule.steps=" + (TrunkStore.state(lastTrunk(out)).step() + 1);
        assertThat(TrainerProcess.start(out, source, steps).listen(event -> {})).isZero();
    }

    @Test
    void aBrokerThatGoesAwayAndComesBackChangesNoStep() throws Exception {
        try (TestTopics topics = TestTopics.start()) {
            topics.produce(Topics.PREFERENCE_PAIRS, pairs());
            List<String> arguments =
                    List.of(
                            "--bootstrap-servers",
                            topics.connection().bootstrapServers(),
                            "--registry",
                            topics.connection().registryUrl(),
                            "--model",
                            model.toString(),
                            // A few pairs at a time, so that the outage is met while it reads.
                            "--set",
                            "source.kafka.max.partition.fetch.bytes=4096",
                            "--set",
                            "source.kafka.default.api.timeout.ms=2000");
            Path undisturbed = folder.resolve("undisturbed");
            Map<Long, Double> expected = new TreeMap<>();
            runToTheEnd(TrainerProcess.start(undisturbed, arguments, SETTINGS), expected);

            Path out = folder.resolve("out");
            Map<Long, Double> losses = new TreeMap<>();
            TrainerProcess process = TrainerProcess.start(out, arguments, SETTINGS);
            CompletableFuture<Void> stepped = new CompletableFuture<>();
            CompletableFuture<Void> back =
                    stepped.thenRunAsync(
                            () -> {
                                topics.stopBroker();
                                process.awaitLog("training waits for it");
                                topics.restartBroker();
                            });
            int exit =
                    process.listen(
                            event -> {
                                note(event, losses);
                                if (stepped(event, "trunk") && event.path("step").asLong() == 20) {
                                    stepped.complete(null);
                                }
                            });

            assertThat(exit).as(process::log).isZero();
            back.join();
            assertThat(process.log()).contains("training waits for it");
            assertThat(losses).hasSize(STEPS).isEqualTo(expected);
            assertThat(taken(out)).containsExactlyElementsOf(taken(undisturbed));
            assertThat(lastTrunk(out).resolve(ModelBundle.WEIGHTS))
                    .hasSameBinaryContentAs(lastTrunk(undisturbed).resolve(ModelBundle.WEIGHTS));
        }
    }

    private static void runToTheEnd(TrainerProcess process, Map<Long, Double> losses)
            throws IOException, InterruptedException {
        assertThat(process.listen(event -> note(event, losses))).as(process::log).isZero();
    }

    /** When to kill a process. */
    private interface Moment {
        /** Returns the exit code. */
        int kill(TrainerProcess process, Map<Long, Double> losses)
                throws IOException, InterruptedException;
    }

    private static Moment atEvent(String phase, String counter, long number) {
        return (process, losses) ->
                process.listen(
                        event -> {
                            note(event, losses);
                            if (stepped(event, phase) && event.path(counter).asLong() == number) {
                                process.kill();
                            }
                        });
    }

    private static Moment once(BooleanSupplier so) {
        return (process, losses) -> {
            CompletableFuture<Integer> listened =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return process.listen(event -> note(event, losses));
                                } catch (IOException | InterruptedException e) {
                                    throw new CompletionException(e);
                                }
                            });
            process.killOnce(so);
            return listened.join();
        };
    }

    /** Up to 20 ms behind one of the first fifteen events: what it does then, nobody knows. */
    private static Moment atRandom(SplitMix64 random) {
        int events = 1 + random.nextInt(15);
        Executor later =
                CompletableFuture.delayedExecutor(random.nextInt(20_000), TimeUnit.MICROSECONDS);
        return (process, losses) -> {
            AtomicInteger heard = new AtomicInteger();
            return process.listen(
                    event -> {
                        note(event, losses);
                        if (heard.incrementAndGet() == events) {
                            later.execute(process::kill);
                        }
                    });
        };
    }

    private static boolean isThere(Path folder, String prefix) {
        String[] names = folder.toFile().list();
        return names != null && Arrays.stream(names).anyMatch(name -> name.startsWith(prefix));
    }

    /** Notes a step's loss. A step that is made again must have the loss it had. */
    private static void note(JsonNode event, Map<Long, Double> losses) {
        if (stepped(event, "trunk")) {
            double loss = event.path("loss").asDouble();
            Double before = losses.put(event.path("step").asLong(), loss);
            assertThat(before).isIn(null, loss);
        }
    }

    private static boolean stepped(JsonNode event, String phase) {
        return event.path("phase").asText().equals(phase);
    }

    /** The pairs in the table of the last trunk in the order in which they were taken. */
    private static List<String> taken(Path out) throws IOException {
        List<String> ids = new ArrayList<>();
        try (ReplayBuffer table =
                ReplayBuffer.openCheckpoint(
                        TrunkStore.table(lastTrunk(out)),
                        out.resolve("table-copy"),
                        ReplaySettings.uniform(Long.MAX_VALUE))) {
            table.forEach(Long.MAX_VALUE, (id, value) -> ids.add(id));
        }
        return ids;
    }

    private static List<String> judged(Path out) throws IOException {
        HoldoutSet holdout = new HoldoutSet(PAIRS);
        holdout.load(TrunkStore.holdout(lastTrunk(out)));
        return holdout.pairs().stream().map(PreferencePair::getId).toList();
    }

    private static Path lastTrunk(Path out) throws IOException {
        return new TrunkStore(out.resolve("trunks"), 1, "", CheckpointMirror.none())
                .newest()
                .orElseThrow();
    }

    private static List<String> idsOf(List<PreferencePair> pairs, Split split) {
        return pairs.stream()
                .filter(pair -> pair.getSplit() == split)
                .map(PreferencePair::getId)
                .toList();
    }

    private List<PreferencePair> pairs() {
        return PairFile.read(pairFile, 0.1);
    }
}
