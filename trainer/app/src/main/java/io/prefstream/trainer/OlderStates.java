package io.prefstream.trainer;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Brings the state of trunks that older versions wrote to today's layout. */
final class OlderStates {

    private OlderStates() {}

    /** Changes the state to {@link TrainerState#VERSION} if it is of a known older one. */
    static void upgrade(ObjectNode state) {
        if (state.path("version").asInt() == 2) {
            upgradeTwo(state);
        }
        if (state.path("version").asInt() == 3) {
            upgradeThree(state);
        }
        if (state.path("version").asInt() == 4) {
            upgradeFour(state);
        }
        if (state.path("version").asInt() == 5) {
            upgradeFive(state);
        }
        if (state.path("version").asInt() == 6) {
            upgradeSix(state);
        }
    }

    /** Before ties were half right: they were wrong, and among the wrong ones can't be told. */
    private static void upgradeSix(ObjectNode state) {
        state.put("version", 7);
    }

    /** Before priorities counted from the draw after the next one on: the table has them all. */
    private static void upgradeFive(ObjectNode state) {
        state.put("version", 6);
        ((ObjectNode) state.path("draws")).putObject("learned");
    }

    /** Before it was counted which of the pairs taken back had been trained on. */
    private static void upgradeFour(ObjectNode state) {
        state.put("version", 5);
        ((ObjectNode) state.path("pairs"))
                .putObject("takenBack")
                .put("trainedOn", 0)
                .put("untrained", 0)
                .put("heldOut", 0)
                .put("notHeld", state.path("pairs").path("removals").asLong());
    }

    /** Before the share of history could be raised. */
    private static void upgradeThree(ObjectNode state) {
        state.put("version", 4);
        ObjectNode draws = state.putObject("draws");
        draws.set("random", state.remove("random"));
        draws.put("raised", 0);
    }

    /** Before there were a gate, groups of fresh pairs, drift alarms and skipped batches. */
    private static void upgradeTwo(ObjectNode state) {
        state.put("version", 3);
        state.put("skippedBatches", 0);
        ObjectNode fresh = state.putObject("fresh");
        fresh.set("all", state.remove("prequential"));
        fresh.putObject("groups");
        fresh.putObject("drift").put("seen", 0).put("outcomes", "");
        fresh.putArray("alarms");
        ObjectNode seen = state.putObject("seen");
        seen.set("pairs", state.remove("pairsSeen"));
        seen.set("byLicence", state.remove("pairsByLicence"));
        seen.set("byRepository", state.remove("pairsByRepository"));
        state.path("releases").forEach(release -> ((ObjectNode) release).put("cause", "steps"));
        state.putObject("verdicts");
        // The period goes on from here.
        state.putObject("period")
                .put("millis", 0)
                .put("pairsBefore", state.path("pairs").path("train").asLong());
    }
}
