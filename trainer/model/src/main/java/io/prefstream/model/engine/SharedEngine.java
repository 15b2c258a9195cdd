package io.prefstream.model.engine;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.TextGenerator;
import io.prefstream.model.ModelBundle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A use of an engine that all users in this process share: parallel subtasks of one worker process
 * load a model once. The first {@link #acquire} of a name loads it, the last {@link #close} frees
 * it.
 */
public final class SharedEngine implements TextGenerator {
    private static final Registry REGISTRY = new Registry();

    private final String name;
    private final TextEngine engine;
    private boolean released;

    private SharedEngine(String name, TextEngine engine) {
        this.name = name;
        this.engine = engine;
    }

    /** Joins the engine called {@code name}; all else counts for the first user only. */
    public static SharedEngine acquire(
            String name, Path folder, String revision, EngineOptions options) throws IOException {
        return new SharedEngine(
                name, REGISTRY.join(name, () -> new TextEngine(folder, revision, options)));
    }

    /**
     * Joins the engine of a folder, by its place. Its model is called {@code NAME@REVISION} by the
     * folder's name and a digest of the weights, which the first user reads for all.
     */
    public static SharedEngine acquire(Path folder, EngineOptions options) throws IOException {
        Path place = folder.toRealPath();
        return new SharedEngine(
                place.toString(),
                REGISTRY.join(
                        place.toString(),
                        () ->
                                new TextEngine(
                                        place,
                                        place.getFileName()
                                                + "@"
                                                + ModelBundle.open(place).revision(),
                                        options)));
    }

    public TextEngine engine() {
        return engine;
    }

    @Override
    public CompletableFuture<Generation> generate(
            GenerationRequest request, Consumer<String> onText) {
        return engine.generate(request, onText);
    }

    @Override
    public String model() {
        return engine.model();
    }

    /**
     * Moves all users to another checkpoint; does nothing when they are there already, so that
     * every subtask may call it for the same announcement.
     */
    public void reload(Path folder, String revision) throws IOException {
        synchronized (engine) {
            if (!engine.model().equals(revision)) {
                engine.reload(folder, revision);
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

    /** Who uses what: the one piece of state that a process has for its engines. */
    private static final class Registry {
        private record Entry(TextEngine engine, int users) {}

        private final Map<String, Entry> entries = new HashMap<>();

        private interface Loader {
            TextEngine load() throws IOException;
        }

        synchronized TextEngine join(String name, Loader loader) throws IOException {
            @Nullable Entry entry = entries.get(name);
            if (entry == null) {
                entry = new Entry(loader.load(), 0);
            }
            entries.put(name, new Entry(entry.engine, entry.users + 1));
            return entry.engine;
        }

        synchronized void leave(String name) {
            @Nullable Entry entry = entries.get(name);
            if (entry == null) {
                return;
            }
            if (entry.users == 1) {
                entries.remove(name);
                entry.engine.close();
            } else {
                entries.put(name, new Entry(entry.engine, entry.users - 1));
            }
        }
    }
}
