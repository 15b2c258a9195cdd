package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trunk checkpoints: weights, optimizer, replay table, holdout set and the loop's state, all as of
 * one step.
 *
 * <pre>
 *   trunks/step-000000500/  model.safetensors, optimizer.safetensors, config.json, tokenizer…
 *                           table/        snapshot of the replay table, with the log's positions
 *                           holdout.avro  state.json  manifest.json
 * </pre>
 */
final class TrunkStore {

    private static final Logger LOG = LoggerFactory.getLogger(TrunkStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLE = "table";
    private static final String HOLDOUT = "holdout.avro";
    private static final String STATE = "state.json";

    private final CheckpointFolder folder;
    private final int keep;

    TrunkStore(Path folder, int keep) throws IOException {
        this.folder = new CheckpointFolder(folder);
        this.keep = keep;
    }

    /** Writes a trunk and deletes the oldest ones. */
    Path write(Trunk trunk) throws IOException {
        String name = String.format(Locale.ROOT, "step-%09d", trunk.step());
        Path written;
        try (CheckpointFolder.Unfinished unfinished = folder.begin(name)) {
            Path path = unfinished.path();
            trunk.learner().save(path);
            trunk.table().checkpoint(path.resolve(TABLE));
            trunk.holdout().save(path.resolve(HOLDOUT));
            JSON.writerWithDefaultPrettyPrinter()
                    .writeValue(path.resolve(STATE).toFile(), trunk.state());
            unfinished.seal();
            written = unfinished.replace(name);
        }
        folder.keepNewest(keep);
        return written;
    }

    /**
     * The newest trunk that is whole; damaged newer ones are reported and passed over.
     *
     * @throws IOException if there are trunks but none is whole: going on from nothing would
     *     silently train everything again
     */
    Optional<Path> newest() throws IOException {
        List<Path> trunks = folder.finished();
        String lastProblem = "";
        for (int i = trunks.size() - 1; i >= 0; i--) {
            Optional<String> problem = Manifest.problem(trunks.get(i));
            if (problem.isEmpty()) {
                return Optional.of(trunks.get(i));
            }
            lastProblem = "trunk %s is damaged: %s".formatted(trunks.get(i), problem.get());
            LOG.warn("{}; the one before it is used", lastProblem);
        }
        if (!trunks.isEmpty()) {
            throw new IOException(
                    lastProblem
                            + "; no whole trunk is left: remove "
                            + trunks.get(0).getParent()
                            + " to start from nothing");
        }
        return Optional.empty();
    }

    static TrainerState state(Path trunk) throws IOException {
        TrainerState state = JSON.readValue(trunk.resolve(STATE).toFile(), TrainerState.class);
        if (state.version() != TrainerState.VERSION) {
            throw new IOException(
                    "trunk %s has state version %d, this program reads %d"
                            .formatted(trunk, state.version(), TrainerState.VERSION));
        }
        return state;
    }

    static Path table(Path trunk) {
        return trunk.resolve(TABLE);
    }

    static Path holdout(Path trunk) {
        return trunk.resolve(HOLDOUT);
    }
}
