package io.prefstream.verify.labels;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A project's own tests, run against its binary with one file's classes before it. */
final class ProjectTests {

    static final String FAILED = "failed ";
    static final String RAN = "ran ";

    private static final Duration LOOK = Duration.ofMillis(50);

    /** How much longer than computing a run may wait. */
    private static final int IDLE = 10;

    /**
     * What came of a run.
     *
     * @param ended whether it ended in time, without the process failing
     * @param failed the tests that failed
     * @param took processor time
     */
    record Run(boolean ended, int tests, Set<String> failed, Duration took) {

        /** Whether nothing fails here that doesn't fail there. */
        boolean passesAs(Run baseline) {
            return ended && tests >= baseline.tests && baseline.failed.containsAll(failed);
        }
    }

    private final List<Path> classPath;
    private final Path scratch;
    private final @Nullable Path workingFolder;

    /**
     * @param classPath the project's binary, then its tests, then what they need
     * @param scratch folder for what a run needs and leaves
     * @param workingFolder that tests run in; null for one of each run's own
     */
    ProjectTests(List<Path> classPath, Path scratch, @Nullable Path workingFolder) {
        this.classPath = classPath;
        this.scratch = scratch;
        this.workingFolder = workingFolder;
    }

    /**
     * The names that people give to the tests of a type.
     *
     * @param type its name, with slashes
     */
    static List<String> names(String type) {
        int slash = type.lastIndexOf('/') + 1;
        return List.of(
                type + "Test",
                type + "Tests",
                type + "TestCase",
                type.substring(0, slash) + "Test" + type.substring(slash));
    }

    /**
     * Runs test classes with the project as it is.
     *
     * @param limit of processor time
     */
    Run run(List<String> tests, Duration limit) throws IOException, InterruptedException {
        return run(tests, new TreeMap<>(), null, limit);
    }

    /**
     * Runs test classes, up to the first failure that isn't one of the project's own.
     *
     * @param patched classes that stand before the project's own
     * @param baseline the same tests with the project as it is; null to run all
     * @param limit of processor time
     */
    Run run(
            List<String> tests,
            SortedMap<String, byte[]> patched,
            @Nullable Run baseline,
            Duration limit)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(scratch, "run");
        try {
            Path classes = Files.createDirectory(folder.resolve("classes"));
            write(patched, classes);
            return run(tests, folder, classes, baseline, limit);
        } finally {
            delete(folder);
        }
    }

    private Run run(
            List<String> tests, Path folder, Path classes, @Nullable Run baseline, Duration limit)
            throws IOException, InterruptedException {
        Path result = folder.resolve("result");
        Path allowed = folder.resolve("allowed");
        if (baseline != null) {
            Files.write(allowed, baseline.failed);
        }
        List<Path> all = new ArrayList<>(List.of(classes));
        all.addAll(ownJUnit());
        all.addAll(classPath);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")),
                                "-Djava.awt.headless=true",
                                "-cp",
                                String.join(
                                        File.pathSeparator,
                                        all.stream().map(Path::toString).toList()),
                                RunTestClasses.class.getName(),
                                result.toString(),
                                baseline == null ? "-" : allowed.toString()));
        command.addAll(tests);
        Process process =
                new ProcessBuilder(command)
                        .directory((workingFolder == null ? folder : workingFolder).toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Duration took = Duration.ZERO;
        boolean ended = false;
        // Looks are counted, not time: a machine that stands still must not make a test fail.
        for (long looks = IDLE * limit.dividedBy(LOOK); !ended && looks > 0; looks--) {
            ended = process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            Duration used = process.info().totalCpuDuration().orElse(took);
            took = used.compareTo(took) > 0 ? used : took;
            if (took.compareTo(limit) > 0) {
                break;
            }
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        if (!ended || !Files.exists(result)) {
            return new Run(false, 0, Set.of(), took);
        }
        Set<String> failed = new TreeSet<>();
        int ran = 0;
        for (String line : Files.readAllLines(result)) {
            if (line.startsWith(FAILED)) {
                failed.add(line.substring(FAILED.length()));
            } else if (line.startsWith(RAN)) {
                ran = Integer.parseInt(line.substring(RAN.length()));
            }
        }
        return new Run(true, ran, failed, took);
    }

    /** JUnit as this process has it, before whichever the project's tests were built with. */
    private static List<Path> ownJUnit() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(
                        entry ->
                                entry.endsWith("test-classes")
                                        || entry.matches(
                                                ".*/(junit-(jupiter|platform)|opentest4j|apiguardian)[^/]*\\.jar"))
                .map(Path::of)
                .map(Path::toAbsolutePath)
                .toList();
    }

    /** Writes classes by binary name with slashes into a folder. */
    static void write(SortedMap<String, byte[]> classes, Path folder) throws IOException {
        for (var each : classes.entrySet()) {
            Path file = folder.resolve(each.getKey() + ".class");
            Files.createDirectories(file.getParent());
            Files.write(file, each.getValue());
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** By the classes, so that sides that compile to the same are run once. */
    static String key(SortedMap<String, byte[]> classes) {
        SortedMap<String, Integer> hashes = new TreeMap<>();
        classes.forEach((name, bytes) -> hashes.put(name, Arrays.hashCode(bytes)));
        return hashes.toString();
    }
}
