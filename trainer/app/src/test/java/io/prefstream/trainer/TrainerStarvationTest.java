package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.replay.LogRecord;
import io.prefstream.schemas.OptOuts;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** A trainer that has nothing to train on says so, and why. */
class TrainerStarvationTest extends TokenTraining {

    @Test
    void aTrainerThatGetsNoBatchForAMinuteSaysOnceWhatItWaitsFor() throws IOException {
        List<JsonNode> starvation = starve(Map.of("replay.min-size", "5000"));
        assertThat(starvation).hasSize(1);
        JsonNode event = starvation.get(0);
        assertThat(event.path("waitedSeconds").asLong()).isBetween(60L, 70L);
        assertThat(event.path("why").asText())
                .isEqualTo(
                        "size %,d is below min-size 5,000"
                                .formatted(event.at("/replay/size").asLong()));
    }

    @Test
    void aTableThatCannotFillABatchOfTokensIsNamedToo() throws IOException {
        List<JsonNode> starvation =
                starve(
                        Map.of(
                                "batch.pairs", "null",
                                "batch.tokens", "5000",
                                "replay.min-size", "2",
                                "replay.max-times-sampled", "1"));
        assertThat(starvation).hasSize(1);
        assertThat(starvation.get(0).path("why").asText())
                .startsWith("of the table's ")
                .endsWith(" pairs too few may be drawn now for batch.tokens=5,000");
    }

    @Test
    void itIsSaidAgainOnceTheresBeenABatch() {
        List<Duration> told = new ArrayList<>();
        Clock ticking = new TickingClock(NOON.instant(), Duration.ofSeconds(20));
        StarvationAlarm alarm = new StarvationAlarm(Duration.ofMinutes(1), told::add, ticking);
        for (int i = 0; i < 9; i++) {
            alarm.noBatch();
        }
        assertThat(told).containsExactly(Duration.ofMinutes(1));
        alarm.batch();
        for (int i = 0; i < 3; i++) {
            alarm.noBatch();
        }
        assertThat(told).hasSize(1);
        alarm.noBatch();
        assertThat(told).containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(1));
    }

    /** Runs a trainer whose pairs trickle in until it has looked for them for minutes. */
    private List<JsonNode> starve(Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("schedule.steps", "1000");
        TrainerConfig config = config(folder.resolve("out"), all);
        List<JsonNode> starvation = new ArrayList<>();
        Progress progress =
                event -> {
                    if (event.path("event").asText().equals("starvation")) {
                        starvation.add(event);
                    }
                };
        Trickle source = new Trickle(PairFile.open(pairs, 0.1, 0));
        try (Trainer trainer =
                new Trainer(
                        config,
                        new TokenLearner(),
                        new Trainer.Surroundings(
                                positions -> source,
                                Announcer.none(),
                                progress,
                                () -> source.looks > 400,
                                new OptOuts(List.of()),
                                new TickingClock(NOON.instant(), Duration.ofSeconds(1))))) {
            assertThat(trainer.run()).isEqualTo(Trainer.Ending.STOPPED);
        }
        return starvation;
    }

    /** A log on which there is a new pair each tenth time somebody looks. */
    private static final class Trickle implements PairSource {

        private final FilePairs pairs;
        private int looks;
        private boolean there = true;

        Trickle(FilePairs pairs) {
            this.pairs = pairs;
        }

        @Override
        public List<LogRecord> take(int max) {
            List<LogRecord> taken = there ? pairs.take(1) : List.of();
            there = false;
            return taken;
        }

        @Override
        public boolean await(Duration timeout) {
            there = ++looks % 10 == 0;
            return there;
        }

        @Override
        public boolean finished() {
            return false;
        }

        @Override
        public SortedMap<Integer, Long> positions() {
            return pairs.positions();
        }

        @Override
        public String name() {
            return "trickle";
        }

        @Override
        public void close() {
            pairs.close();
        }
    }
}
