package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.replay.RateLimiter;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.Selection;
import io.prefstream.replay.TableSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerConfigTest {

    @TempDir Path folder;

    @Test
    void defaultsNeedOnlyASource() {
        TrainerConfig config = read("schedule.steps", "10");
        assertThat(config.schedule().steps()).isEqualTo(10);
        assertThat(config.schedule().trunkEveryTime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.optimizer().weightDecay()).isEqualTo(0.1);
        assertThat(config.schedule().decayShape()).isEqualTo(ScheduleConfig.DecayShape.LINEAR);
    }

    @Test
    void aFileOverridesDefaultsAndTheCommandLineOverridesTheFile() throws IOException {
        Path file = folder.resolve("trainer.yaml");
        Files.writeString(
                file,
                """
                schedule:
                  steps: 7
                  decay-shape: one-minus-sqrt
                  trunk-every-time: 90s
                batch: {pairs: 4}
                source: {pairs: in.jsonl}
                """);
        TrainerConfig config = TrainerConfigReader.read(file, Map.of("schedule.steps", "9"));
        assertThat(config.schedule().steps()).isEqualTo(9);
        assertThat(config.batch().pairs()).isEqualTo(4);
        assertThat(config.schedule().trunkEveryTime()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.schedule().decayShape())
                .isEqualTo(ScheduleConfig.DecayShape.ONE_MINUS_SQRT);
    }

    @Test
    void aBatchIsOfSoManyPairsOrOfSoManyTokens() {
        assertThat(read("schedule.steps", "1").batch().pairs()).isEqualTo(16);
        TrainerConfig byTokens = read("batch.tokens", "4096");
        assertThat(byTokens.batch().pairs()).isNull();
        assertThat(byTokens.batch().tokens()).isEqualTo(4096);
        assertThatThrownBy(
                        () ->
                                TrainerConfigReader.read(
                                        null,
                                        Map.of(
                                                "source.pairs", "in.jsonl",
                                                "schedule.steps", "1",
                                                "batch.pairs", "16",
                                                "batch.tokens", "4096")))
                .hasMessage("batch.pairs=16 and batch.tokens=4,096: only one of them can be given");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    optimizer.lr | 1 | unknown key optimizer.lr; there are: beta1, beta2
                    optimizer.learning-rate | -1 | optimizer.learning-rate=-1.0 must be above 0
                    schedule.steps | 0 | schedule.steps=0 must be at least 1
                    schedule.steps | many | schedule.steps=many must be a whole number
                    schedule.decay-shape | cubic | schedule.decay-shape=cubic must be one of linear, one-minus-sqrt
                    schedule.trunk-every-time | soon | schedule.trunk-every-time=soon must be a duration such as 90s, 5m or 2h
                    replay.sampler | fifo | max-times-sampled
                    replay.min-size | 500000 | exceeds the replay capacity of 200,000
                    schedule.release-every-time | 0s | schedule.release-every-time=PT0S must be above 0
                    schedule.release-every-pairs | 0 | schedule.release-every-pairs=0 must be at least 1
                    release.gate-margin | 1.5 | release.gate-margin=1.5 must be in [0, 1]
                    release.license | Apache 2.0 | release.license=Apache 2.0 must be spelt as on the Hugging Face Hub: apache-2.0
                    model.base | Qwen2 | model.base=Qwen2 must be owner/name as on the Hugging Face Hub
                    release.keep | 0 | release.keep=0 must be at least 1
                    batch.tokens | 0 | batch.tokens=0 must be at least 1
                    replay.importance.exponent | 2 | replay.importance.exponent=2.0 must be in [0, 1]
                    replay.importance.anneal-steps | 0 | replay.importance.anneal-steps=0 must be at least 1
                    drift.action | panic | must be one of none, history, release
                    drift.history-steps | 0 | drift.history-steps=0 must be at least 1
                    drift.delta | 1 | drift.delta=1.0 must be in (0, 1)
                    optimizer.max-skips-in-a-row | 0 | optimizer.max-skips-in-a-row=0 must be at least 1
                    replay.sampler | random | must be one of fifo, lifo, uniform, prioritized, min-heap, max-heap
                    replay.gate.min-confidence | 0.6 | gate.min-confidence of 0.6 needs a sampler or remover with priorities
                    replay.gate.priority | -1 | replay.gate.priority=-1.0 must be at least 0
                    replay.strata.shares.java | 0.5 | one without the other says nothing
                    replay.staleness.max-versions | -1 | replay.staleness.max-versions=-1 must not be negative
                    replay.history.fraction | 1 | replay.history.fraction=1.0 must be in [0, 1)
                    drift.history-fraction | 1 | drift.history-fraction=1.0 must be in [0, 1)
                    source.holdout-share | 2 | source.holdout-share=2.0 must be in [0, 1]
                    batch | 4 | batch=4 must hold keys, such as batch.KEY=VALUE
                    source.kafka | 3 | source.kafka=3 must hold keys
                    seed | 1.5 | seed=1.5 must be a whole number
                    seed | null | seed=null: it must have a value
                    replay.sampler | null | replay.sampler=null: it must have a value
                    replay.sampler | 1 | replay.sampler=1 must be one of fifo
                    batch.pairs | 99999999999 | batch.pairs=99999999999 must be from -2,147,483,648 to 2,147,483,647
                    loss.reward | much | loss.reward=much must be a number
                    progress.measure-peak | perhaps | progress.measure-peak=perhaps must be true or false
                    schedule.trunk-every-time | PT-5S | schedule.trunk-every-time=PT-5S must be above 0
                    source.dry-timeout | 0s | source.dry-timeout=PT0S must be above 0
                    source.outage-limit | 99999999999999999999d | must be a duration such as
                    replay.capacity | 0 | replay.capacity=0 must be at least 1
                    replay.queue-size | 0 | replay.queue-size=0 must be at least 1
                    replay.queue-size | 200001 | replay.queue-size=200,001 must be at most replay.capacity=200,000
                    replay.queue-size | 15 | batch of 16 exceeds the queue's size of 15
                    replay.serve.port | 65536 | replay.serve.port=65536 must be from 0 to 65535
                    metrics.port | -1 | metrics.port=-1 must be from 0 to 65535
                    metrics.stuck-after | 0s | metrics.stuck-after=PT0S must be above 0
                    replay.serve.bind | null | replay.serve.bind=null: it must have a value
                    """)
    void aBadValueIsNamedWithItsKeyAndLimit(String key, String value, String expected) {
        assertThatThrownBy(() -> read(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --stepz 4 | Unknown option
                    --set optimizer.lr=4 | unknown key optimizer.lr
                    --pairs HERE/pairs.jsonl --steps 4 --set drift.action=history --set replay.history.capacity=0 | drift.action=history needs pairs to draw from: replay.history.capacity=0 must be above 0
                    --pairs HERE/pairs.jsonl --steps 4 --set drift.action=history --set replay.max-times-sampled=1 | drift.action=history needs pairs to draw from
                    --pairs does-not-exist.jsonl --steps 4 | source.pairs=does-not-exist.jsonl doesn't exist
                    --pairs HERE --steps 4 | is a folder
                    --config does-not-exist.yaml | configuration does-not-exist.yaml is no file
                    --steps 4 | source.pairs (a file), or source.bootstrap-servers
                    --pairs HERE/pairs.jsonl --steps 4 --model nowhere | --model=nowhere is no folder
                    --pairs HERE/pairs.jsonl --steps 4 --set model.demo.heads=5 | model.demo.*: hidden_size=128
                    --bootstrap-servers localhost:9 --registry nonsense | URL 'nonsense' is not of the form
                    --bootstrap-servers nonsense --registry http://localhost:9 | source.bootstrap-servers=nonsense
                    --pairs HERE/pairs.jsonl --steps 4 --set metrics.port=0 --set metrics.bind=no.such.address.invalid | metrics.bind=no.such.address.invalid is no address
                    --pairs HERE/pairs.jsonl --steps 4 --set metrics.port=0 --set metrics.stuck-after=10m | metrics.stuck-after=PT10M must be above source.outage-limit=PT10M, for which training may wait
                    --pairs HERE/pairs.jsonl --steps 4 --set replay.serve.port=0 --set replay.serve.bind=no.such.address.invalid | replay.serve.bind=no.such.address.invalid is no address
                    """)
    void badUsageIsOneLineAndExitCodeTwoAndLeavesNothing(String arguments, String expected)
            throws IOException {
        PairFile.separable(folder.resolve("pairs.jsonl"), 1);
        Path out = folder.resolve("out");
        Exit exit = run(out, arguments.replace("HERE", folder.toString()));
        assertThat(exit.code()).isEqualTo(2);
        assertThat(exit.line()).contains(expected);
        assertThat(out).doesNotExist();
    }

    @Test
    void anOutputThatIsAFileIsRefusedAndStaysAsItIs() throws IOException {
        Path pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 1);
        Path out = Files.writeString(folder.resolve("out"), "mine");
        Exit exit = run(out, "--steps 4 --pairs " + pairs);
        assertThat(exit.code()).isEqualTo(2);
        assertThat(exit.line()).contains("out=" + out + " is no folder");
        assertThat(out).hasContent("mine");
    }

    @Test
    void anOutputThatCannotBeMadeIsOneLineAndExitCodeOne() throws IOException {
        Path pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 1);
        Path out = pairs.resolve("out");
        Exit exit = run(out, "--steps 4 --pairs " + pairs);
        assertThat(exit.code()).isEqualTo(1);
        assertThat(exit.line()).contains(pairs.toString());
    }

    private record Exit(int code, String line) {}

    /** Runs the trainer's command line, which must say one line of what is wrong. */
    private static Exit run(Path out, String arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                TrainerMain.run(
                        ("train --out " + out + " " + arguments).split(" ", -1),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        return new Exit(code, err.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void whatIsDescribedIsReadBackAsItIs() throws IOException {
        TrainerConfig config =
                TrainerConfigReader.read(
                        null,
                        Map.of(
                                "out", folder.resolve("out").toString(),
                                "source.pairs", folder.resolve("in.jsonl").toString(),
                                "schedule.steps", "1",
                                "schedule.trunk-every-time", "90s",
                                "schedule.decay-shape", "one-minus-sqrt",
                                "replay.sampler", "prioritized",
                                "replay.strata.by", "language-and-strategy",
                                "replay.strata.shares.java/mutation", "0.5"));
        Path file = folder.resolve("described.yaml");
        Files.writeString(file, TrainerConfigReader.describe(config));
        assertThat(TrainerConfigReader.read(file, Map.of())).isEqualTo(config);
    }

    @Test
    void aQueueIsALimiterOfItsOwn() {
        assertThat(read("replay.queue-size", "64").limiter()).isEqualTo(RateLimiter.queue(64, 16));
        assertThatThrownBy(
                        () ->
                                TrainerConfigReader.replay(
                                        null,
                                        Map.of(
                                                "replay.queue-size", "64",
                                                "replay.samples-per-insert", "2")))
                .hasMessage(
                        "replay.queue-size=64 with replay.samples-per-insert=2.0 and"
                                + " replay.error-buffer=null: a queue has a ratio of its own, 1");
    }

    @Test
    void aTableWithoutATrainerHasTheTrainersSettingsAndItsFile() throws IOException {
        Path file = folder.resolve("trainer.yaml");
        Files.writeString(
                file,
                """
                schedule: {steps: 7}
                replay:
                  capacity: 1000
                  samples-per-insert: 4
                  history: {capacity: 500, fraction: 0.5}
                """);
        ReplayConfig config =
                TrainerConfigReader.replay(file, Map.of("replay.sampler", "prioritized"));
        ReplaySettings served = config.served(64);
        TableSettings fresh = served.tables().get(0);
        assertThat(fresh.sampler()).isEqualTo(Selection.PRIORITIZED);
        assertThat(fresh.priorityExponent()).isEqualTo(0.6);
        // 10 batches of slack.
        assertThat(fresh.limiter()).isEqualTo(new RateLimiter(256, 4, 640, 64));
        assertThat(served.mix()).containsEntry("history", 0.5);

        ReplayConfig changed =
                TrainerConfigReader.changed(config, Map.of("replay.samples-per-insert", "null"));
        assertThat(changed.served(64).tables().get(0).limiter())
                .isEqualTo(RateLimiter.minSizeOnly(256));
        assertThat(changed.sampler()).isEqualTo(Selection.PRIORITIZED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    schedule.steps | 1 | unknown key schedule.steps; there are: replay
                    replay.samplr | fifo | unknown key replay.samplr; there are: capacity, error-buffer
                    replay.staleness.max-versions | 5 | replay.staleness.max-versions=5 needs a trainer, whose steps are versions
                    replay.importance.anneal-steps | 9 | replay.importance.anneal-steps=9 needs a trainer's steps
                    replay.max-times-sampled | 1 | replay.min-size=256 must be at least batch.pairs=300
                    replay.min-size | 300000 | min-size of 300,000 exceeds the replay capacity of 200,000
                    """)
    void whatATableWithoutATrainerCannotBeIsRefused(String key, String value, String expected) {
        assertThatThrownBy(() -> TrainerConfigReader.replay(null, Map.of(key, value)).served(300))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void secretsAreMasked() {
        TrainerConfig config = read("source.kafka.sasl.jaas.config", "hush");
        assertThat(TrainerConfigReader.describe(config))
                .contains("sasl.jaas.config")
                .doesNotContain("hush");
    }

    private static TrainerConfig read(String key, String value) {
        Map<String, String> settings = new HashMap<>();
        settings.put("source.pairs", "in.jsonl");
        settings.put("schedule.steps", "1");
        settings.put(key, value);
        return TrainerConfigReader.read(null, settings);
    }
}
