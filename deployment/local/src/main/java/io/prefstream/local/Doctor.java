package io.prefstream.local;

import ai.djl.engine.Engine;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tries what a run relies on, one line each. */
final class Doctor {

    private static final long MIN_MEMORY = 8L << 30;

    /** A check: gives what it found, throws if that is not enough. */
    @FunctionalInterface
    private interface Check {
        String make() throws Exception;
    }

    private final PrintStream out;
    private boolean healthy = true;

    private Doctor(PrintStream out) {
        this.out = out;
    }

    /** Prints a line per check; true if none failed. */
    static boolean examine(PrintStream out) {
        Doctor doctor = new Doctor(out);
        doctor.check("Java", Doctor::java);
        doctor.check("memory", Doctor::memory);
        doctor.check("disk here", Doctor::disk);
        doctor.check("loopback ports", () -> FreePorts.find(3) + " are free");
        doctor.check("schema registry", Doctor::registry);
        doctor.check("tree-sitter", Doctor::treeSitter);
        doctor.check("PyTorch", () -> Engine.getEngine("PyTorch").getVersion());
        return doctor.healthy;
    }

    private void check(String what, Check check) {
        try {
            out.printf("ok    %-16s %s%n", what, check.make());
        } catch (Exception | LinkageError e) {
            healthy = false;
            out.printf("FAIL  %-16s %s%n", what, Failures.root(e));
        }
    }

    private static String java() {
        int version = Runtime.version().feature();
        if (version < 17) {
            throw new IllegalStateException("Java " + version + "; 17 or later is needed");
        }
        return "%d on %s %s"
                .formatted(version, System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    private static String memory() {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof com.sun.management.OperatingSystemMXBean system) {
            long total = system.getTotalMemorySize();
            if (total < MIN_MEMORY) {
                throw new IllegalStateException(
                        "%,d MB; a run takes up to 6 GB, so have %,d MB"
                                .formatted(total >> 20, MIN_MEMORY >> 20));
            }
            return "%,d MB".formatted(total >> 20);
        }
        return "unknown";
    }

    private static String disk() throws Exception {
        long free = Files.getFileStore(Path.of("").toAbsolutePath()).getUsableSpace();
        if (free < Preflight.MIN_FREE_BYTES) {
            throw new IllegalStateException(
                    "%,d MB free; a run needs %,d MB"
                            .formatted(free >> 20, Preflight.MIN_FREE_BYTES >> 20));
        }
        return "%,d MB free".formatted(free >> 20);
    }

    private static String registry() {
        Path home = Path.of(System.getProperty("prefstream.registry", ""));
        if (!Files.isDirectory(home.resolve("lib"))) {
            throw new IllegalStateException(
                    "not unpacked; remove deployment/local/target and try again");
        }
        return "is unpacked";
    }

    private static String treeSitter() {
        try (SyntaxTree tree = SyntaxTree.parse(Language.JAVA, "class A {}")) {
            return "parses Java";
        }
    }
}
