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
 * load a model once. The first {@link #acquire} of a name with these options loads it, the last
 * {@link #close} frees it; users with other options, such as weights in other precision, have an
 * engine of their own.
 *
 * <p>An engine that stays with its folder is found by the folder's place; one that moves from
 * checkpoint to checkpoint by a name, so that nobody who asked for a folder is moved along.
 */
public final class SharedEngine implements TextGenerator {
    private static final Registry REGISTRY = new Registry();

    private final Use use;
    private final TextEngine engine;
    private boolean released;

    /** What is shared: an engine of this name or place with these options. */
    private record Use(String name, EngineOptions options) {}

    private SharedEngine(Use use, TextEngine engine) {
        this.use = use;
        this.engine = engine;
    }

    /** Joins the engine called {@code name}, wherever it is now; the first user's folder counts. */
    public static SharedEngine acquire(
            String name, Path folder, String revision, EngineOptions options) throws IOException {
        return join(new Use(name, options), () -> new TextEngine(folder, revision, options));
    }

    /**
     * Joins the engine of a folder, by its place. Its model is called {@code NAME@REVISION} by the
     * folder's name and a digest of the weights, which the first user reads for all.
     */
    public static SharedEngine acquire(Path folder, EngineOptions options) throws IOException {
        Path place = folder.toRealPath();
        return join(
                new Use(place.toString(), options),
                () ->
                        new TextEngine(
                                place,
                                place.getFileName() + "@" + ModelBundle.open(place).revision(),
                                options));
    }

    private static SharedEngine join(Use use, Registry.Loader loader) throws IOException {
        return new SharedEngine(use, REGISTRY.join(use, loader));
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
            REGISTRY.leave(use);
        }
    }

    /** Who uses what: the one piece of state that a process has for its engines. */
    private static final class Registry {
        private record Entry(TextEngine engine, int users) {}

        private final Map<Use, Entry> entries = new HashMap<>();

        private interface Loader {
            TextEngine load() throws IOException;
        }

        synchronized TextEngine join(Use use, Loader loader) throws IOException {
            @Nullable Entry entry = entries.get(use);
            if (entry == null) {
                entry = new Entry(loader.load(), 0);
            }
            entries.put(use, new Entry(entry.engine, entry.users + 1));
            return entry.engine;
        }

        synchronized void leave(Use use) {
            @Nullable Entry entry = entries.get(use);
            if (entry == null) {
                return;
            }
            if (entry.users == 1) {
                entries.remove(use);
                entry.engine.close();
            } else {
                entries.put(use, new Entry(entry.engine, entry.users - 1));
            }
        }
    }
}
