package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOuts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs of the trainer on a file of separable pairs, with a learner that knows tokens alone: quick,
 * and the same each time.
 */
abstract class TokenTraining {

    static final ObjectMapper JSON = new ObjectMapper();
    static final Clock NOON = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    @TempDir Path folder;

    Path pairs;

    @BeforeEach
    void writePairs() throws IOException {
        pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 600);
    }

    /**
     * What a run made.
     *
     * @param losses by trunk step
     * @param skipped keys of the batches that were
     * @param passedOver trunks that it didn't go on from
     */
    record Run(
            Trainer.Ending ending,
            Map<Long, Double> losses,
            List<List<String>> skipped,
            List<String> passedOver,
            List<ObjectNode> events,
            List<CheckpointPublished> announced) {}

    /** Trains to the end. */
    static Run train(TrainerConfig config) throws IOException {
        return train(config, Integer.MAX_VALUE);
    }

    /** Trains until a file has run dry, and tells what the summary says. */
    JsonNode untilDry(Path out, Map<String, String> settings) throws IOException {
        assertThat(train(config(out, settings)).ending()).isEqualTo(Trainer.Ending.DRY);
        return summary(out);
    }

    /** Trains until a number of steps were made in this run. */
    static Run train(TrainerConfig config, int stopAfter) throws IOException {
        return train(config, stopAfter, NOON, step -> {});
    }

    static Run train(TrainerConfig config, int stopAfter, Clock clock, LongConsumer afterStep)
            throws IOException {
        return train(config, stopAfter, clock, afterStep, List.of());
    }

    static Run train(
            TrainerConfig config,
            int stopAfter,
            Clock clock,
            LongConsumer afterStep,
            List<OptOut> optOuts)
            throws IOException {
        return train(config, stopAfter, clock, afterStep, optOuts, new TokenLearner());
    }

    /** Trains to the end, and has others hear of what is told meanwhile. */
    static Run train(TrainerConfig config, Progress also, LongConsumer afterStep)
            throws IOException {
        return train(
                config,
                Integer.MAX_VALUE,
                NOON,
                also,
                afterStep,
                List.of(),
                new TokenLearner(),
                release -> {});
    }

    /** Trains to the end, unless what hears of releases before they are announced throws. */
    static Run train(
            TrainerConfig config, Clock clock, Consumer<CheckpointPublished> beforeAnnouncement)
            throws IOException {
        return train(
                config,
                Integer.MAX_VALUE,
                clock,
                event -> {},
                step -> {},
                List.of(),
                new TokenLearner(),
                beforeAnnouncement);
    }

    static Run train(
            TrainerConfig config,
            int stopAfter,
            Clock clock,
            LongConsumer afterStep,
            List<OptOut> optOuts,
            Learner learner)
            throws IOException {
        return train(
                config, stopAfter, clock, event -> {}, afterStep, optOuts, learner, release -> {});
    }

    private static Run train(
            TrainerConfig config,
            int stopAfter,
            Clock clock,
            Progress also,
            LongConsumer afterStep,
            List<OptOut> optOuts,
            Learner learner,
            Consumer<CheckpointPublished> beforeAnnouncement)
            throws IOException {
        Map<Long, Double> losses = new TreeMap<>();
        List<List<String>> skipped = new ArrayList<>();
        List<ObjectNode> events = new ArrayList<>();
        List<CheckpointPublished> announced = new ArrayList<>();
        Progress progress =
                event -> {
                    events.add(event);
                    if (event.path("event").asText().equals("progress")
                            && event.path("phase").asText().equals("trunk")) {
                        losses.put(event.path("step").asLong(), event.path("loss").asDouble());
                        afterStep.accept(event.path("step").asLong());
                    }
                    if (event.path("event").asText().equals("batch-skipped")) {
                        skipped.add(texts(event.path("keys")));
                    }
                };
        PairSource.Opener source =
                positions ->
                        new FilePairs(
                                config.source(),
                                Path.of(String.valueOf(config.source().pairs())),
                                null,
                                positions.getOrDefault(0, 0L));
        try (Trainer trainer =
                new Trainer(
                        config,
                        learner,
                        new Trainer.Surroundings(
                                source,
                                new Heard(announced, beforeAnnouncement),
                                also.and(progress),
                                () -> losses.size() >= stopAfter,
                                new OptOuts(optOuts),
                                clock))) {
            Trainer.Ending ending = trainer.run();
            assertThat(events.get(0).path("event").asText()).isEqualTo("started");
            assertThat(events.get(events.size() - 1).path("event").asText()).isEqualTo("finished");
            return new Run(
                    ending,
                    losses,
                    skipped,
                    texts(events.get(0).path("passedOver")),
                    events,
                    announced);
        }
    }

    /**
     * Trains in parts, each of so many steps and the last one to the end, as often started anew.
     * Returns the losses of all.
     */
    Map<Long, Double> inParts(Path out, Map<String, String> settings, int... steps)
            throws IOException {
        Map<Long, Double> losses = new TreeMap<>();
        for (int stopAfter : steps) {
            losses.putAll(train(config(out, settings), stopAfter).losses());
        }
        losses.putAll(train(config(out, settings)).losses());
        return losses;
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** Keeps what is announced. */
    private record Heard(List<CheckpointPublished> announced, Consumer<CheckpointPublished> before)
            implements Announcer {
        @Override
        public void announce(CheckpointPublished checkpoint) {
            before.accept(checkpoint);
            announced.add(checkpoint);
        }

        @Override
        public void deadLetter(DeadLetter letter) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    TrainerConfig config(Path out, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("out", out.toString());
        all.put("source.pairs", pairs.toString());
        all.put("source.pairs-per-step", "40");
        all.put("batch.pairs", "8");
        all.put("optimizer.learning-rate", "0.3");
        all.put("schedule.warmup-steps", "5");
        all.put("replay.min-size", "64");
        all.put("evaluation.probes", "false");
        all.putAll(settings);
        return TrainerConfigReader.read(null, all);
    }

    static JsonNode summary(Path out) throws IOException {
        return JSON.readTree(out.resolve("trainer-summary.json").toFile());
    }

    static List<String> ids(Path out) throws IOException {
        return summary(out).path("checkpoints").findValuesAsText("id");
    }

    static List<Path> trunks(Path out) throws IOException {
        try (Stream<Path> paths = Files.list(out.resolve("trunks"))) {
            return paths.sorted().toList();
        }
    }

    /** A clock that goes on by as much each time it is looked at. */
    static final class TickingClock extends Clock {
        private final Duration step;
        private Instant now;

        TickingClock(Instant start, Duration step) {
            this.now = start;
            this.step = step;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            now = now.plus(step);
            return now;
        }
    }
}
