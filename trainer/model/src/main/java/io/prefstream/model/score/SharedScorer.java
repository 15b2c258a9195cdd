package io.prefstream.model.score;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A use of a scorer that all users in this process share: parallel subtasks of one worker process
 * load a model once. The first {@link #acquire} of a name loads it, the last {@link #close} frees
 * it.
 */
public final class SharedScorer implements AutoCloseable {
    private static final Registry REGISTRY = new Registry();

    private final String name;
    private final RewardScorer scorer;
    private boolean released;

    private SharedScorer(String name, RewardScorer scorer) {
        this.name = name;
        this.scorer = scorer;
    }

    /**
     * Joins the scorer called {@code name}; bundle, checkpoint and options count for the first user
     * only.
     */
    public static SharedScorer acquire(
            String name, Path bundle, String checkpointId, ScorerOptions options)
            throws IOException {
        return new SharedScorer(name, REGISTRY.join(name, bundle, checkpointId, options));
    }

    public RewardScorer scorer() {
        return scorer;
    }

    /**
     * Moves all users to another checkpoint; does nothing when they are there already, so that
     * every subtask may call it for the same announcement.
     */
    public void reload(Path bundle, String checkpointId) throws IOException {
        synchronized (scorer) {
            if (!scorer.checkpointId().equals(checkpointId)) {
                scorer.reload(bundle, checkpointId);
            }
        }
    }

    /** Gives this use back; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (!released) {
            released = true;
            REGISTRY.leave(name);
        }
    }

    /** Who uses what: the one piece of state that a process has for its scorers. */
    private static final class Registry {
        private record Entry(RewardScorer scorer, int users) {}

        private final Map<String, Entry> entries = new HashMap<>();

        synchronized RewardScorer join(
                String name, Path bundle, String checkpointId, ScorerOptions options)
                throws IOException {
            @Nullable Entry entry = entries.get(name);
            if (entry == null) {
                entry = new Entry(new RewardScorer(bundle, checkpointId, options), 0);
            }
            entries.put(name, new Entry(entry.scorer, entry.users + 1));
            return entry.scorer;
        }

        synchronized void leave(String name) {
            @Nullable Entry entry = entries.get(name);
            if (entry == null) {
                return;
            }
            if (entry.users == 1) {
                entries.remove(name);
                entry.scorer.close();
            } else {
                entries.put(name, new Entry(entry.scorer, entry.users - 1));
            }
        }
    }
}
