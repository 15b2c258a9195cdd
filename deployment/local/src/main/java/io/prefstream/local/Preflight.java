package io.prefstream.local;

import io.prefstream.ingest.feeds.IngestFeeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Everything that can be known to be wrong before a run begins, so that a run that cannot work
 * starts nothing and writes nothing.
 */
final class Preflight {

    /** Disk that a run may take: broker log, state, checkpoints, replay table. */
    static final long MIN_FREE_BYTES = 2L << 30;

    private Preflight() {}

    /**
     * Checks the output folder, the port and the trainer's options; then the feed, which may ask
     * the network.
     *
     * @throws BadUsageException if an option names something that cannot be
     * @throws IOException if the machine or the network is not up to it
     */
    static void check(RunOptions options) throws IOException {
        checkOut(options, MIN_FREE_BYTES);
        checkPort(options.uiPort());
        TrainerSettings.check(options.asked(), options.out().resolve("trainer"));
        checkFeed(options);
    }

    static void checkOut(RunOptions options, long minFreeBytes) throws IOException {
        Path out = options.out();
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new BadUsageException("--out=%s is a file, not a folder".formatted(out));
        }
        if (!options.resume() && RunRequestFile.isIn(out)) {
            throw new BadUsageException(
                    "--out=%s holds an earlier run: add --resume to go on with it, or name another folder"
                            .formatted(out));
        }
        if (!options.resume() && Files.isDirectory(out) && !isEmpty(out)) {
            throw new BadUsageException("--out=%s is not empty".formatted(out));
        }
        Path existing = nearestExisting(out);
        if (!Files.isDirectory(existing)) {
            throw new BadUsageException(
                    "--out=%s cannot be made: %s is a file".formatted(out, existing));
        }
        // isWritable asks for permissions only: root may write everywhere but to a read-only disk.
        if (!Files.isWritable(existing) || Files.getFileStore(existing).isReadOnly()) {
            throw new IOException(
                    "--out=%s cannot be written: no permission to write in %s"
                            .formatted(out, existing));
        }
        long free = Files.getFileStore(existing).getUsableSpace();
        if (free < minFreeBytes) {
            throw new IOException(
                    "--out=%s is on a disk with %,d MB free; a run needs %,d MB"
                            .formatted(out, free >> 20, minFreeBytes >> 20));
        }
    }

    static void checkPort(int port) throws IOException {
        if (port != 0 && !FreePorts.isFree(port)) {
            throw new IOException(
                    "--ui-port=%d is taken by another process; 0 takes any free port"
                            .formatted(port));
        }
    }

    private static void checkFeed(RunOptions options) throws IOException {
        RunRequest request = options.asked();
        if (request.webhooks() != null) {
            Webhooks webhooks = request.webhooks();
            webhooks.settings(options.out().resolve("webhooks"));
            if (!FreePorts.isFree(webhooks.port())) {
                throw new IOException(
                        "--webhook-port=%d is taken by another process".formatted(webhooks.port()));
            }
        }
        Map<String, String> settings = JobSettings.feed(request, options.out());
        List<String> problems;
        try {
            problems = IngestFeeds.check(LocalJob.ingest().configuration(settings));
        } catch (IllegalArgumentException e) {
            throw new BadUsageException(Failures.oneLine(e));
        }
        if (!problems.isEmpty()) {
            String more =
                    problems.size() == 1
                            ? ""
                            : " (and %d more like it)".formatted(problems.size() - 1);
            throw new IOException(option(request) + ": " + oneLine(problems.get(0)) + more);
        }
    }

    /** The option that names what the feed should read. */
    private static String option(RunRequest request) {
        return switch (request.feed()) {
            case MAVEN -> "--coordinates";
            case GIT -> "--repo";
            case GITHUB -> request.repositories().isEmpty() ? "--feed" : "--repo";
            case GHARCHIVE -> "--archive";
            case NPM, PYPI, CRATES -> request.packages().isEmpty() ? "--feed" : "--package";
            case SWH -> "--config ingest.swh.bootstrap-servers";
            case WEBHOOK -> "--feed webhook";
        };
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }

    private static Path nearestExisting(Path path) {
        Path existing = path;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
