package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a checkpoint was made of: the part of {@code lineage.json} that trunks and releases share.
 */
final class Lineage {

    static final String PRODUCER = "trainer/1";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Lineage() {}

    /**
     * Of the trunk as it is.
     *
     * @param log that it is trained from
     * @param seen pairs that the batches of the checkpoint's steps drew
     */
    static ObjectNode of(
            TrainerConfig config, Trunk trunk, PairSource log, TrainerState.Seen seen) {
        ObjectNode lineage = JSON.createObjectNode();
        lineage.put("model", config.model().name()).put("step", trunk.step());
        lineage.put("seed", config.seed());
        lineage.put("log", log.name());
        lineage.put("logBeginsWith", log.beginsWith());
        lineage.set("positions", JSON.valueToTree(log.positions()));
        lineage.put("pairsSeen", seen.pairs());
        lineage.putObject("dataWindow")
                .put("earliest", seen.earliest())
                .put("latest", seen.latest());
        lineage.set("pairsByLicence", JSON.valueToTree(seen.byLicence()));
        lineage.set("pairsByRepository", JSON.valueToTree(seen.byRepository()));
        lineage.set("pairs", JSON.valueToTree(trunk.counts()));
        lineage.set("replay", JSON.valueToTree(trunk.table().stats()));
        Accuracy fresh = trunk.fresh().recent();
        lineage.set("prequential", fresh.known() ? JSON.valueToTree(fresh) : null);
        lineage.set("prequentialBy", JSON.valueToTree(trunk.fresh().recentByGroup()));
        lineage.set("driftAlarms", JSON.valueToTree(trunk.fresh().alarms()));
        lineage.put("skippedBatches", trunk.skippedBatches());
        lineage.set("optimizer", JSON.valueToTree(config.optimizer()));
        lineage.put("batchPairs", config.batch().pairs());
        lineage.put("batchTokens", config.batch().tokens());
        lineage.put("producer", PRODUCER);
        return lineage;
    }
}
