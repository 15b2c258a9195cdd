package io.prefstream.jobs.generators.release;

import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.SharedEngine;
import io.prefstream.model.engine.TextEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one preference model of this process, whatever number of subtasks use it: each release is
 * verified and loaded once, by the first subtask that meets it, and never replaced by an older one.
 *
 * <p>A release that cannot be used is named in the log once and refused until another one comes.
 * Reference-counted: the last user frees the model.
 */
public final class ProcessModel {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessModel.class);

    private static final Registry REGISTRY = new Registry();

    private final String name;
    private final int threads;
    private @Nullable SharedEngine shared;
    private @Nullable ReleaseModel loaded;
    private @Nullable ReleaseModel refused;
    private String refusal = "";

    /** Read without the lock: the last user holds it while the engine brings its answers to end. */
    private final Map<String, Double> marginScales = new ConcurrentHashMap<>();

    private boolean closed;

    private ProcessModel(String name, int threads) {
        this.name = name;
        this.threads = threads;
    }

    /**
     * Joins the model of this name.
     *
     * @param threads threads of the engine, which count for the first user only
     */
    public static ProcessModel acquire(String name, int threads) {
        return REGISTRY.join(name, threads);
    }

    /** Gives a use back. */
    public void release() {
        REGISTRY.leave(name);
    }

    /**
     * The engine with this release or a newer one. Blocks while a release is verified and loaded.
     *
     * @throws CheckpointUnusableException if it is missing or not what was announced
     */
    public synchronized TextEngine engine(ReleaseModel model) throws CheckpointUnusableException {
        if (closed) {
            throw new IllegalStateException("the model of this process was given back");
        }
        if (refused != null && refused.id().equals(model.id())) {
            throw new CheckpointUnusableException(refusal, null);
        }
        SharedEngine current = shared;
        if (current == null || loaded == null || ReleaseModel.BY_AGE.compare(model, loaded) > 0) {
            try {
                current = load(model, current);
            } catch (CheckpointUnusableException e) {
                refused = model;
                refusal = String.valueOf(e.getMessage());
                LOG.warn("this release is passed over: {}", refusal);
                throw e;
            }
            shared = current;
            loaded = model;
        }
        return current.engine();
    }

    /**
     * What a release's margins are to be multiplied with to be log-odds, as its trainer found on
     * its holdout; empty for a release that says nothing, and for one that this process never had.
     * Never blocks, so that who is told an answer by the engine may ask.
     */
    public OptionalDouble marginScale(String release) {
        Double scale = marginScales.get(release);
        return scale == null ? OptionalDouble.empty() : OptionalDouble.of(scale);
    }

    private SharedEngine load(ReleaseModel model, @Nullable SharedEngine current)
            throws CheckpointUnusableException {
        // A loaded model needs its files no more.
        try (PublishedFiles files = PublishedFiles.verify(model)) {
            PublishedFiles.marginScale(model, files.folder())
                    .ifPresent(scale -> marginScales.put(model.id(), scale));
            return load(model, files.folder(), current);
        }
    }

    private SharedEngine load(ReleaseModel model, Path folder, @Nullable SharedEngine current)
            throws CheckpointUnusableException {
        if (current != null) {
            try {
                current.reload(folder, model.id());
                return current;
            } catch (IOException e) {
                LOG.info("starting a new engine for checkpoint {}: {}", model.id(), e.toString());
                current.close();
                shared = null;
                loaded = null;
            }
        }
        try {
            return SharedEngine.acquire(
                    name, folder, model.id(), EngineOptions.forScores().withThreads(threads));
        } catch (IOException | RuntimeException e) {
            throw new CheckpointUnusableException(
                    "checkpoint %s cannot be loaded: %s".formatted(model.id(), e), e);
        }
    }

    private synchronized void close() {
        closed = true;
        if (shared != null) {
            shared.close();
            shared = null;
            loaded = null;
        }
    }

    /** Who uses what: the one piece of state that a process has for its models. */
    private static final class Registry {

        private record Entry(ProcessModel model, int users) {}

        private final Map<String, Entry> entries = new HashMap<>();

        synchronized ProcessModel join(String name, int threads) {
            Entry entry = entries.get(name);
            Entry joined =
                    entry == null
                            ? new Entry(new ProcessModel(name, threads), 1)
                            : new Entry(entry.model(), entry.users() + 1);
            entries.put(name, joined);
            return joined.model();
        }

        synchronized void leave(String name) {
            Entry entry = entries.get(name);
            if (entry == null) {
                return;
            }
            if (entry.users() == 1) {
                entries.remove(name);
                entry.model().close();
            } else {
                entries.put(name, new Entry(entry.model(), entry.users() - 1));
            }
        }
    }
}
