package io.prefstream.execution;

import io.prefstream.execution.SandboxRun.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The processes of one run in a {@link Sandbox}, watched for the limits that the kernel doesn't
 * hold: time, memory of all together, output. All have ended once this is closed.
 */
final class SandboxProcess implements AutoCloseable {

    /** How long those around the namespace have to end by themselves. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration MEMORY_POLL = Duration.ofMillis(50);

    /** 128 + SIGXCPU. */
    private static final int ENDED_BY_CPU_LIMIT = 152;

    private final Process process;
    private final Limits limits;

    /**
     * @param process the outermost one, {@code timeout}, whose child is {@code unshare}
     */
    SandboxProcess(Process process, Limits limits) {
        this.process = process;
        this.limits = limits;
    }

    /**
     * Gives it its input, at most a pipe's 64 KiB, and reads along until the command has ended or
     * reached a limit.
     *
     * @throws InterruptedException if this thread was interrupted
     */
    SandboxRun await(String input) throws IOException, InterruptedException {
        feed(input);
        long begin = System.nanoTime();
        LongSupplier elapsed = () -> System.nanoTime() - begin;
        long nextLook = 0;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        InputStream stdout = process.getInputStream();
        while (true) {
            boolean ended = process.waitFor(POLL.toNanos(), TimeUnit.NANOSECONDS);
            int room = limits.outputBytes() - output.size() + 1;
            output.writeBytes(stdout.readNBytes(ended ? room : Math.min(room, stdout.available())));
            if (output.size() > limits.outputBytes()) {
                return stopped(Ending.TOO_MUCH_OUTPUT, output);
            }
            if (ended) {
                int status = process.exitValue();
                Ending ending =
                        status == ENDED_BY_CPU_LIMIT ? Ending.OUT_OF_CPU_TIME : Ending.EXITED;
                return new SandboxRun(ending, status, text(output));
            }
            if (elapsed.getAsLong() > limits.time().toNanos()) {
                return stopped(Ending.OUT_OF_TIME, output);
            }
            if (elapsed.getAsLong() > nextLook) {
                if (residentBytes() > limits.memoryBytes()) {
                    return stopped(Ending.OUT_OF_MEMORY, output);
                }
                nextLook = elapsed.getAsLong() + MEMORY_POLL.toNanos();
            }
        }
    }

    private SandboxRun stopped(Ending ending, ByteArrayOutputStream output) {
        String text = text(output);
        return new SandboxRun(
                ending, -1, text.substring(0, Math.min(text.length(), limits.outputBytes())));
    }

    private static String text(ByteArrayOutputStream output) {
        return output.toString(StandardCharsets.UTF_8);
    }

    /** Memory that no file backs, of the command's processes together. */
    private long residentBytes() {
        try (Stream<ProcessHandle> all = process.descendants()) {
            return all.mapToLong(each -> residentBytes(each.pid())).sum();
        }
    }

    private static long residentBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(pid), "status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // It has ended.
        }
    }

    private void feed(String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended without reading; its status tells.
        }
    }

    /**
     * Ends the namespace's first process, and so, by the kernel, all others; those around it then
     * end by themselves, which this waits for. Should they not, they are ended as well.
     */
    @Override
    public void close() throws IOException {
        process.getInputStream().close(); // So that nobody waits for a reader.
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (process.isAlive()) {
            boolean patient = System.nanoTime() - begin < GRACE.toNanos();
            process.children()
                    .flatMap(unshare -> patient ? unshare.children() : Stream.of(unshare))
                    .forEach(ProcessHandle::destroyForcibly);
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
