package io.prefstream.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.replay.ReplayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trunk checkpoints: weights, optimizer, replay table, holdout set and the loop's state, all as of
 * one step.
 *
 * <pre>
 *   trunks/step-000000500/  model.safetensors, optimizer.safetensors, config.json, tokenizer…
 *                           table/        snapshot of the replay table, with the log's positions
 *                           holdout.avro  state.json  configuration.yaml  lineage.json
 *                           README.md     manifest.json
 * </pre>
 */
final class TrunkStore {

    private static final Logger LOG = LoggerFactory.getLogger(TrunkStore.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLE = "table";
    private static final String HOLDOUT = "holdout.avro";
    private static final String STATE = "state.json";
    private static final String LINEAGE = "lineage.json";

    private final CheckpointFolder folder;
    private final int keep;
    private final String configuration;
    private final CheckpointMirror mirror;
    private final List<String> passedOver = new ArrayList<>();

    /** Names of those that were passed over: they don't count as trunks that are kept. */
    private final Set<String> damagedHere = new HashSet<>();

    private final Set<String> damagedThere = new HashSet<>();
    private @Nullable Path newest;

    /**
     * @param configuration that trunks are written under, as text, kept with them for their readers
     * @param mirror where they are copied to, and come from where there is none newer
     */
    TrunkStore(Path folder, int keep, String configuration, CheckpointMirror mirror)
            throws IOException {
        this.folder = new CheckpointFolder(folder);
        this.keep = keep;
        this.configuration = configuration;
        this.mirror = mirror;
    }

    /**
     * Refuses to train what couldn't be kept.
     *
     * @param bytes that a trunk takes
     * @throws IllegalArgumentException in one line, if the disk has fewer
     */
    void requireRoom(long bytes) throws IOException {
        long free = Files.getFileStore(folder.path()).getUsableSpace();
        if (free < bytes) {
            throw new IllegalArgumentException(
                    "out: %s has %,d MB of free disk, expected %,d MB at least, which a trunk of this model takes: one more is written before those beyond keep-trunks=%d are deleted"
                            .formatted(folder.path(), free / 1_000_000, bytes / 1_000_000, keep));
        }
    }

    /**
     * Writes a trunk and deletes the oldest ones.
     *
     * @param lineage what it was trained on
     * @param card the same for people
     * @throws IOException if it can't be written: what there was before is still there, whole
     */
    Path write(Trunk trunk, ObjectNode lineage, String card) throws IOException {
        mirror.await();
        try {
            Path written = writeNew(trunk, lineage, card);
            String name = CheckpointFolder.nameOf(written);
            damagedHere.remove(name);
            folder.retain(Retention.ofTrunks(keep, name, Set.copyOf(damagedHere)));
            damagedThere.remove(name);
            mirror.trunk(written, Retention.ofTrunks(keep, name, Set.copyOf(damagedThere)));
            return written;
        } catch (IOException | UncheckedIOException | ReplayException e) {
            throw new IOException(
                    "the trunk of step %,d can't be written under %s: %s; a later run goes on from the one before"
                            .formatted(trunk.step(), folder.path(), e.getMessage()),
                    e);
        }
    }

    private Path writeNew(Trunk trunk, ObjectNode lineage, String card) throws IOException {
        String name = String.format(Locale.ROOT, "step-%09d", trunk.step());
        try (CheckpointFolder.Unfinished unfinished = folder.begin(name)) {
            Path path = unfinished.path();
            trunk.learner().save(path);
            trunk.table().checkpoint(path.resolve(TABLE));
            trunk.holdout().save(path.resolve(HOLDOUT));
            Files.writeString(path.resolve("configuration.yaml"), configuration);
            ObjectWriter json = JSON.writerWithDefaultPrettyPrinter();
            json.writeValue(path.resolve(STATE).toFile(), trunk.state());
            json.writeValue(path.resolve(LINEAGE).toFile(), lineage);
            Files.writeString(path.resolve("README.md"), card);
            unfinished.seal();
            return unfinished.replace(name);
        }
    }

    /**
     * The newest trunk that is whole, fetched from the mirror if it has a newer one; damaged ones
     * are reported and passed over.
     *
     * @throws IOException if there are trunks but none is whole: going on from nothing would
     *     silently train everything again
     */
    Optional<Path> newest() throws IOException {
        passedOver.clear();
        Optional<Path> here = newestHere();
        Optional<Path> newer = newerFromMirror(here.map(CheckpointFolder::nameOf).orElse(""));
        newest = newer.or(() -> here).orElse(null);
        if (newest == null && !passedOver.isEmpty()) {
            throw new IOException(
                    passedOver.get(passedOver.size() - 1)
                            + "; no whole trunk is left: remove the folder of trunks to start from"
                            + " nothing");
        }
        return Optional.ofNullable(newest);
    }

    private Optional<Path> newestHere() throws IOException {
        List<Path> trunks = folder.finished();
        for (int i = trunks.size() - 1; i >= 0; i--) {
            Optional<String> problem = Manifest.problem(trunks.get(i));
            if (problem.isEmpty()) {
                return Optional.of(trunks.get(i));
            }
            damagedHere.add(CheckpointFolder.nameOf(trunks.get(i)));
            passOver("trunk %s is damaged: %s".formatted(trunks.get(i), problem.get()));
        }
        return Optional.empty();
    }

    /** Fetches the newest whole trunk of the mirror, if it is newer than one. */
    private Optional<Path> newerFromMirror(String than) throws IOException {
        List<String> there = mirror.trunks();
        for (int i = there.size() - 1; i >= 0 && there.get(i).compareTo(than) > 0; i--) {
            String name = there.get(i);
            try (CheckpointFolder.Unfinished unfinished = folder.begin(name)) {
                Optional<String> problem = mirror.fetch(name, unfinished.path());
                if (problem.isEmpty()) {
                    LOG.info("fetched trunk {} from output.uri", name);
                    damagedHere.remove(name);
                    return Optional.of(unfinished.replace(name));
                }
                damagedThere.add(name);
                passOver("trunk %s of output.uri is damaged: %s".formatted(name, problem.get()));
            }
        }
        return Optional.empty();
    }

    private void passOver(String what) {
        passedOver.add(what);
        LOG.warn("{}; the one before it is used", what);
    }

    /**
     * Refuses a source that the newest trunk wasn't trained from: its positions would pass over as
     * many records of this one. A file may have moved; it is told by its first row, and by its name
     * where an older version wrote the trunk. One that doesn't say what it was trained from passes.
     *
     * @param key that gives the source
     * @throws IllegalArgumentException in one line
     */
    void requireSource(PairSource source, String key) throws IOException {
        Path trunk = newest;
        if (trunk == null || !Files.exists(trunk.resolve(LINEAGE))) {
            return;
        }
        JsonNode lineage = JSON.readTree(trunk.resolve(LINEAGE).toFile());
        JsonNode name = lineage.path("log");
        JsonNode beginning = lineage.path("logBeginsWith");
        String begins = source.beginsWith();
        boolean known = begins != null && beginning.isTextual();
        if (known
                ? beginning.asText().equals(begins)
                : !name.isTextual() || lastOf(name.asText()).equals(lastOf(source.name()))) {
            return;
        }
        throw new IllegalArgumentException(
                "%s=%s: trunk %s was trained from %s%s, expected that again or another out: what lies before %s here would never be read"
                        .formatted(
                                key,
                                source.name(),
                                trunk,
                                name.asText(),
                                known ? ", which began with another row" : "",
                                source.positions()));
    }

    private static String lastOf(String name) {
        return CheckpointFolder.nameOf(Path.of(name));
    }

    /** Begins to copy what the mirror lacks: releases, and the trunk that is gone on from. */
    void catchUp(List<Path> releases) {
        mirror.catchUp(releases, newest);
    }

    /** What was wrong with the trunks that {@link #newest} passed over, those here first. */
    List<String> passedOver() {
        return List.copyOf(passedOver);
    }

    static TrainerState state(Path trunk) throws IOException {
        ObjectNode state = (ObjectNode) JSON.readTree(trunk.resolve(STATE).toFile());
        OlderStates.upgrade(state);
        if (state.path("version").asInt() != TrainerState.VERSION) {
            throw new IOException(
                    "trunk %s has state version %s, this program reads 2 to %d"
                            .formatted(trunk, state.path("version"), TrainerState.VERSION));
        }
        return JSON.treeToValue(state, TrainerState.class);
    }

    static Path table(Path trunk) {
        return trunk.resolve(TABLE);
    }

    static Path holdout(Path trunk) {
        return trunk.resolve(HOLDOUT);
    }
}
