package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.replay.ReplayBuffer;
import io.prefstream.replay.ReplaySettings;
import io.prefstream.replay.ReplayUpdate;
import io.prefstream.trainer.RulesHeard.Rank;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesHeardTest {

    private static final int MOST = 3;

    @TempDir Path folder;

    @Test
    void thePairsThatHigherRulesSpokeOfLastAreRemembered() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(9))) {
            for (String id : List.of("a", "b", "c")) {
                assertThat(hear(table, id, 2)).isEqualTo(Rank.HIGHER);
                assertThat(hear(table, id, 1)).isEqualTo(Rank.LOWER);
                assertThat(hear(table, id, 2)).isEqualTo(Rank.SAME);
            }
            // a is spoken of once more, so b is the oldest when d comes.
            assertThat(hear(table, "a", 3)).isEqualTo(Rank.HIGHER);
            assertThat(hear(table, "d", 2)).isEqualTo(Rank.HIGHER);
            assertThat(hear(table, "a", 2)).isEqualTo(Rank.LOWER);
            assertThat(hear(table, "d", 1)).isEqualTo(Rank.LOWER);
            assertThat(hear(table, "b", 1)).isEqualTo(Rank.SAME);
            for (int i = 0; i < 100; i++) {
                hear(table, "pair " + i, 2);
            }
            List<String> notes = new ArrayList<>();
            table.forEachNote("rules", (name, value) -> notes.add(name));
            // Each has a note and a place in the order; one more says where the order begins.
            assertThat(notes).hasSize(2 * MOST + 1).contains("rules/pair 99", "rules/pair 97");
        }
    }

    @Test
    void whatATableRemembersFromBeforeThereWasAnOrderStillCounts() {
        try (ReplayBuffer table = ReplayBuffer.open(folder, ReplaySettings.uniform(9))) {
            try (ReplayUpdate update = table.begin()) {
                update.note("rules/old", ByteBuffer.allocate(4).putInt(5).array());
                update.commit();
            }
            assertThat(hear(table, "old", 4)).isEqualTo(Rank.LOWER);
            assertThat(hear(table, "old", 6)).isEqualTo(Rank.HIGHER);
            assertThat(hear(table, "old", 5)).isEqualTo(Rank.LOWER);
        }
    }

    private static Rank hear(ReplayBuffer table, String id, int rules) {
        try (ReplayUpdate update = table.begin()) {
            Rank rank = RulesHeard.hear(id, rules, update, MOST);
            update.commit();
            return rank;
        }
    }
}
