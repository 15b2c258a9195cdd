package io.prefstream.trainer;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies whole checkpoints to {@code output.uri}, below {@code releases/} and {@code trunks/}, and
 * brings the newest trunk back to a machine that has none. What is there is asked of the store, not
 * remembered: whatever a crash or an outage left undone is done by the next start.
 *
 * <p>A release is there before {@link #release} returns, since it is announced by its URI. A trunk
 * is copied while training goes on; the next one waits for it, so retention deletes nothing that is
 * being read. While the store is away it is tried again for as long as {@code output.outage-limit}.
 */
final class CheckpointMirror implements AutoCloseable {

    static final String RELEASES = "releases";
    static final String TRUNKS = "trunks";

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointMirror.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final @Nullable RemoteFolder store;
    private final Duration outageLimit;
    private final BooleanSupplier stopped;
    private final PatientPairs.Pause pause;
    private final ExecutorService copying =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(task, "checkpoint-mirror");
                        thread.setDaemon(true);
                        return thread;
                    });
    private Future<?> pending = CompletableFuture.completedFuture(null);

    private CheckpointMirror(
            @Nullable RemoteFolder store, Duration outageLimit, BooleanSupplier stopped) {
        this.store = store;
        this.outageLimit = outageLimit;
        this.stopped = stopped;
        this.pause = PatientPairs.Pause.sleeping();
    }

    /** One that copies nothing. */
    static CheckpointMirror none() {
        return new CheckpointMirror(null, Duration.ZERO, () -> false);
    }

    /**
     * The configured one; one that does nothing where none is.
     *
     * @param stopped whether nobody is to wait for a store that is away
     * @throws IllegalArgumentException in one line, if the URI can't be written to
     */
    static CheckpointMirror open(TrainerConfig.Output output, BooleanSupplier stopped) {
        URI uri = output.uri();
        if (uri == null) {
            return none();
        }
        String what = "output.uri=" + uri;
        RemoteFolder store = RemoteFolder.open(what, uri);
        store.checkWritable(what);
        return new CheckpointMirror(store, output.outageLimit(), stopped);
    }

    /**
     * Begins to copy what the store has not, while training goes on.
     *
     * @param trunk the newest that is whole, if there is one
     */
    void catchUp(List<Path> releases, @Nullable Path trunk) {
        removeAborted(RELEASES);
        removeAborted(TRUNKS);
        begin(
                remote -> {
                    for (Path release : releases) {
                        put(remote, RELEASES, release);
                    }
                    if (trunk != null) {
                        put(remote, TRUNKS, trunk);
                    }
                });
    }

    /**
     * Copies a release.
     *
     * @return its URI: the store's, or the folder's where there is none
     * @throws IOException if the store is away for too long
     */
    String release(Path release) throws IOException {
        RemoteFolder remote = store;
        if (remote == null) {
            return release.toAbsolutePath().toUri().toString();
        }
        put(remote, RELEASES, release);
        return remote.uri(RELEASES + "/" + release.getFileName());
    }

    /**
     * Deletes releases.
     *
     * @throws IOException if the store is away for too long
     */
    void retainReleases(Retention retention) throws IOException {
        RemoteFolder remote = store;
        if (remote != null) {
            retain(remote, RELEASES, retention);
        }
    }

    /** Begins to copy a trunk, and to delete others once it is there. */
    void trunk(Path trunk, Retention retention) {
        begin(
                remote -> {
                    put(remote, TRUNKS, trunk);
                    retain(remote, TRUNKS, retention);
                });
    }

    /**
     * Waits for what was begun.
     *
     * @throws IOException if the store is away for too long
     */
    void await() throws IOException {
        try {
            pending.get();
        } catch (ExecutionException e) {
            pending = CompletableFuture.completedFuture(null);
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("checkpoints can't be copied: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while checkpoints are copied", e);
        }
    }

    /** Names of the trunks that the store has, oldest first. */
    List<String> trunks() throws IOException {
        return store == null ? List.of() : store.whole(TRUNKS);
    }

    /**
     * Fetches one of its trunks into an empty folder.
     *
     * @return what is wrong with it, if something is
     */
    Optional<String> fetch(String trunk, Path into) throws IOException {
        return store == null
                ? Optional.of("there is no output.uri")
                : store.get(TRUNKS + "/" + trunk, into);
    }

    /** Ends without waiting: {@link #await} does that. */
    @Override
    public void close() {
        copying.shutdownNow();
        if (store != null) {
            store.close();
        }
    }

    /** Done before anything is being copied: what is has no manifest either. */
    private void removeAborted(String folder) {
        RemoteFolder remote = store;
        if (remote != null) {
            try {
                remote.removeAborted(folder)
                        .forEach(
                                name ->
                                        LOG.info(
                                                "deleted {}, a copy that was never ended",
                                                remote.uri(folder + "/" + name)));
            } catch (IOException e) {
                LOG.warn("{}: {}; the next start tidies up", remote, RemoteFolder.why(e));
            }
        }
    }

    private interface Copy {
        void to(RemoteFolder remote) throws IOException;
    }

    private void begin(Copy copy) {
        RemoteFolder remote = store;
        if (remote != null) {
            pending =
                    copying.submit(
                            () -> {
                                copy.to(remote);
                                return null;
                            });
        }
    }

    private void retain(RemoteFolder remote, String folder, Retention retention)
            throws IOException {
        patiently(
                remote,
                () ->
                        remote.retain(folder, retention)
                                .forEach(
                                        old ->
                                                LOG.info(
                                                        "deleted {}: newer ones are kept",
                                                        remote.uri(folder + "/" + old))));
    }

    private void put(RemoteFolder remote, String folder, Path sealed) throws IOException {
        String name = folder + "/" + sealed.getFileName();
        patiently(
                remote,
                () -> {
                    // Retention may have been faster where much is to be caught up with.
                    if (Files.exists(sealed.resolve(Manifest.NAME))) {
                        remote.put(name, sealed);
                    }
                });
    }

    private interface Attempt {
        void make() throws IOException;
    }

    private void patiently(RemoteFolder remote, Attempt attempt) throws IOException {
        long began = pause.now();
        Duration next = Duration.ofMillis(500);
        while (true) {
            try {
                attempt.make();
                return;
            } catch (IOException e) {
                Duration away = Duration.ofNanos(pause.now() - began);
                boolean tooLong = away.compareTo(outageLimit) >= 0;
                if (tooLong || stopped.getAsBoolean()) {
                    throw new IOException(
                            "output.uri=%s can't be written to: %s; %s; the next start copies what it lacks"
                                    .formatted(
                                            remote,
                                            RemoteFolder.why(e),
                                            tooLong
                                                    ? "for %d s, output.outage-limit=%s"
                                                            .formatted(
                                                                    away.toSeconds(), outageLimit)
                                                    : "stopped"),
                            e);
                }
                LOG.warn("{}: {}; tried again", remote, RemoteFolder.why(e));
                pause.pause(next);
                next = next.multipliedBy(2);
                next = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
            }
        }
    }
}
