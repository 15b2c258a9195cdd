package io.prefstream.trainer.serve;

import io.prefstream.model.ReleaseNote;
import io.prefstream.trainer.CheckpointFolder;
import io.prefstream.trainer.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps to the newest release of a folder that a trainer writes. A release counts when it is what
 * its manifest says, SHA-256 of each file included. One that can't be used is named in the log and
 * passed over until its files change, as those of a copy that isn't whole yet do; the one in use
 * stays. There is no way back to an older one.
 *
 * <p>A look lists the folder; only what is newer is read. Not thread-safe.
 */
final class ReleaseFollower {
    private static final Logger LOG = LoggerFactory.getLogger(ReleaseFollower.class);

    private final Path folder;
    private final MarginScales scales;

    /** Those that couldn't be used, as their files were then. */
    private final Map<Path, String> refused = new HashMap<>();

    private @Nullable Path used;
    private boolean away;

    /**
     * @param scales is told the scale of each release that is used
     */
    ReleaseFollower(Path folder, MarginScales scales) {
        this.folder = folder;
        this.scales = scales;
    }

    /** What is done with a release. */
    @FunctionalInterface
    interface Use {
        /**
         * @throws IOException if it can't be used
         */
        void begin(Path release, String id) throws IOException;
    }

    /**
     * Uses the newest release that can be, if it is newer than the one in use.
     *
     * @return whether there is one in use
     */
    boolean look(Use use) {
        try {
            for (Path release : newer()) {
                String files = files(release);
                if (files.equals(refused.get(release))) {
                    continue;
                }
                Optional<String> problem = problem(release, use);
                if (problem.isEmpty()) {
                    used = release;
                    refused.clear();
                    LOG.info("release {} answers from now on", release);
                    break;
                }
                refused.put(release, files);
                LOG.warn("release {} is passed over: {}", release, problem.get());
            }
            away = false;
        } catch (IOException | UncheckedIOException e) {
            if (!away) {
                LOG.warn("{} can't be looked at: {}", folder, e.toString());
            }
            away = true;
        }
        return used != null;
    }

    /** Newest first. */
    private List<Path> newer() throws IOException {
        List<Path> newer = new ArrayList<>(CheckpointFolder.finished(folder));
        if (used != null) {
            newer.removeIf(release -> release.compareTo(used) <= 0);
        }
        Collections.reverse(newer);
        return newer;
    }

    private Optional<String> problem(Path release, Use use) {
        Optional<String> problem = Manifest.problem(release);
        if (problem.isPresent()) {
            return problem;
        }
        try {
            ReleaseNote note = ReleaseNote.read(release);
            scales.put(note.id(), note.marginScale());
            use.begin(release, note.id());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    /** Names, lengths and times of a release's files. */
    private static String files(Path release) throws IOException {
        StringBuilder files = new StringBuilder();
        try (Stream<Path> paths = Files.walk(release)) {
            for (Path path : paths.sorted().toList()) {
                files.append(path)
                        .append(' ')
                        .append(Files.size(path))
                        .append(' ')
                        .append(Files.getLastModifiedTime(path))
                        .append('\n');
            }
        }
        return files.toString();
    }
}
