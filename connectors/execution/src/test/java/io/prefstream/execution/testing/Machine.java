package io.prefstream.execution.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What this machine allows, asked apart from the code under test. */
public final class Machine {

    private static final boolean ISOLATES = tryOut();

    private Machine() {}

    /** Whether namespaces and mounts can be had here. */
    public static boolean isolates() {
        return ISOLATES;
    }

    public static boolean isRoot() {
        return ProcessHandle.current().info().user().filter("root"::equals).isPresent();
    }

    /** A refusal is in order here, and in words. */
    public static void assertRefusal(Throwable refusal) {
        assertThat(isolates()).as("this machine isolates, but: %s", refusal).isFalse();
        assertThat(refusal)
                .hasMessageContaining("isolation=files asks for more than this machine gives");
    }

    /** Running processes whose command line holds a text. */
    public static List<String> processesWith(String text) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.map(Machine::commandLine).filter(line -> line.contains(text)).toList();
        }
    }

    /** Waits until a process runs whose command line holds a text; fails after a minute. */
    public static void awaitProcessWith(String text) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (processesWith(text).isEmpty()) {
            assertThat(System.nanoTime() - until).as("no process with %s", text).isNegative();
            Thread.sleep(5);
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // Not a process, or one that has just ended.
        }
    }

    private static boolean tryOut() {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid", "64321", "--clear-groups"));
        }
        command.addAll(
                List.of("unshare", "--user", "--map-root-user", "--net", "--pid", "--mount"));
        command.addAll(List.of("--fork", "mount", "-t", "proc", "proc", "/proc"));
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
