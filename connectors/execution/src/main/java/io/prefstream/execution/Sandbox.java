package io.prefstream.execution;

import io.prefstream.execution.SandboxRun.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Runs commands that nobody vouches for.
 *
 * <p>A command gets namespaces of its own (user, network, IPC, host name, processes, mounts), no
 * rights, resource limits, a small environment, and where the machine allows a root of its own that
 * is read-only but for a small /tmp in memory ({@code enter.sh}). The tools are util-linux's {@code
 * unshare}, {@code mount}, {@code pivot_root}, {@code setpriv} and {@code prlimit} and coreutils'
 * {@code timeout}, which every Debian has; Linux 5.14 counts processes per namespace, so that is
 * the least. Where this process is root, everything runs as a user without a name.
 *
 * <p>At its end, or at a limit, all its processes go: they are in one process namespace, whose
 * first process is ended. Should this JVM die, {@code timeout} ends it.
 *
 * <p>What it isn't: a machine of its own. The kernel is shared, its calls are not filtered, and
 * whoever knows a hole in it gets out.
 *
 * <p>Costs 50 to 90 ms a run on top of the command's own time. Thread-safe.
 */
final class Sandbox {

    /** Outside of all ranges that distributions give to users and services. */
    private static final int UNNAMED_UID = 64_321;

    private static final Path SELF = Path.of("/proc/self");
    private static final String PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration MEMORY_POLL = Duration.ofMillis(50);
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** 128 + SIGXCPU. */
    private static final int ENDED_BY_CPU_LIMIT = 152;

    private final Limits limits;
    private final Isolation.Level level;
    private final boolean root;
    private final String script;

    private Sandbox(Limits limits, Isolation.Level level) throws IOException {
        this.limits = limits;
        this.level = level;
        this.root = uid() == 0;
        this.script = Resource.text("enter.sh");
    }

    /**
     * A sandbox that isolates as well as this machine allows, found out by trying.
     *
     * @param option what the user calls {@code least}, for the message
     * @throws SandboxException if less than {@code least} can be had, saying why
     */
    static Sandbox open(Limits limits, Isolation.Level least, String option)
            throws IOException, InterruptedException {
        List<String> why = new ArrayList<>();
        for (Isolation.Level level : List.of(Isolation.Level.FILES, Isolation.Level.NETWORK)) {
            if (level.compareTo(least) < 0) {
                break;
            }
            Sandbox sandbox = at(level, limits);
            try {
                Isolation isolation = sandbox.look();
                if (isolation.holds(level)) {
                    return sandbox;
                }
                why.add(isolation.describe());
            } catch (SandboxException e) {
                why.add(String.valueOf(e.getMessage()));
            }
        }
        throw new SandboxException(
                "code of others is not run here: %s=%s asks for more than this machine gives (%s)"
                        .formatted(
                                option,
                                least.name().toLowerCase(Locale.ROOT),
                                String.join("; ", why)));
    }

    /** A sandbox of this level, which its runs will tell whether the machine allows. */
    static Sandbox at(Isolation.Level level, Limits limits) throws IOException {
        return new Sandbox(limits, level);
    }

    /**
     * What holds around a command, by a look from inside.
     *
     * @throws SandboxException if the sandbox can't be set up
     */
    Isolation look() throws IOException, InterruptedException {
        SandboxRun seen =
                run(
                        List.of(
                                "sh",
                                "-c",
                                "readlink /proc/self/ns/net; stat -c %d:%i /; [ -w / ] && echo rw"
                                        + " || echo ro; cat /proc/self/uid_map /proc/self/limits"),
                        Map.of(),
                        "");
        List<String> lines = seen.output().lines().toList();
        if (seen.status() != 0 || lines.size() < 5) {
            throw new SandboxException("a look around gave " + seen);
        }
        String ownRoot =
                Files.getAttribute(Path.of("/"), "unix:dev")
                        + ":"
                        + Files.getAttribute(Path.of("/"), "unix:ino");
        String ownNetwork = Files.readSymbolicLink(SELF.resolve("ns/net")).toString();
        String uidOutside = lines.get(3).strip().split("\\s+")[1];
        return new Isolation(
                !lines.get(0).equals(ownNetwork),
                !lines.get(1).equals(ownRoot) && lines.get(2).equals("ro"),
                !uidOutside.equals(String.valueOf(uid())),
                limited(lines, "Max cpu time", limits.cpuSeconds())
                        && limited(lines, "Max address space", limits.memoryBytes())
                        && limited(lines, "Max processes", limits.processes())
                        && limited(lines, "Max open files", limits.openFiles())
                        && limited(lines, "Max file size", limits.fileBytes()));
    }

    private static boolean limited(List<String> lines, String name, long soft) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .anyMatch(
                        line ->
                                line.substring(name.length())
                                        .strip()
                                        .split("\\s+")[0]
                                        .equals(String.valueOf(soft)));
    }

    /**
     * Runs a command to its end, or to a limit.
     *
     * @param command program and arguments; its working folder is the one of the files
     * @param files what it finds there, by relative path; it can't change them
     * @param input what it reads from standard input, at most a pipe's 64 KiB
     * @throws SandboxException if the sandbox could not be set up
     * @throws InterruptedException if this thread was interrupted; the command has ended then
     */
    SandboxRun run(List<String> command, Map<String, byte[]> files, String input)
            throws IOException, InterruptedException {
        Path run = Files.createTempDirectory("prefstream-sandbox-");
        try {
            prepare(run, files);
            Process process = start(run, command);
            try {
                feed(process, input);
                SandboxRun result = await(process);
                if (!Files.exists(run.resolve("started"))) {
                    throw new SandboxException(
                            "it can't be set up: "
                                    + result.output().strip().replaceAll("\\s*\\R\\s*", "; ")
                                    + " (status "
                                    + result.status()
                                    + ")");
                }
                return result;
            } finally {
                end(process);
            }
        } finally {
            delete(run);
        }
    }

    private void prepare(Path run, Map<String, byte[]> files) throws IOException {
        Path in = Files.createDirectory(run.resolve("in"));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = in.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        List<Path> its = new ArrayList<>(List.of(run));
        for (String folder : List.of("tmp", "root")) {
            its.add(Files.createDirectory(run.resolve(folder)));
        }
        if (root) {
            giveAway(its);
        }
    }

    private static void giveAway(List<Path> folders) throws SandboxException {
        try {
            for (Path folder : folders) {
                Files.setAttribute(folder, "unix:uid", UNNAMED_UID);
                Files.setAttribute(folder, "unix:gid", UNNAMED_UID);
            }
        } catch (IOException e) {
            throw new SandboxException(
                    "root can't act for user %d here: %s".formatted(UNNAMED_UID, e.getMessage()),
                    e);
        }
    }

    private Process start(Path run, List<String> command) throws SandboxException {
        List<String> line = new ArrayList<>();
        long orphanSeconds = limits.time().plus(GRACE).toSeconds() + 1;
        line.addAll(List.of("timeout", "-s", "KILL", String.valueOf(orphanSeconds)));
        if (root) {
            String uid = String.valueOf(UNNAMED_UID);
            line.addAll(List.of("setpriv", "--reuid", uid, "--regid", uid, "--clear-groups"));
        }
        line.addAll(
                List.of(
                        "unshare",
                        "--user",
                        "--map-root-user",
                        "--net",
                        "--ipc",
                        "--uts",
                        "--pid",
                        "--mount",
                        "--fork",
                        "--kill-child"));
        line.addAll(
                List.of(
                        "sh",
                        "-c",
                        script,
                        "sandbox",
                        level == Isolation.Level.FILES ? "files" : "network",
                        run.toString(),
                        String.valueOf(limits.diskBytes()),
                        String.valueOf(limits.inodes()),
                        System.getProperty("java.home"),
                        String.join(" ", limits.arguments())));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of("PATH", PATH, "LANG", "C.UTF-8", "MALLOC_ARENA_MAX", "1"));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new SandboxException("it can't be started: " + e.getMessage(), e);
        }
    }

    private static void feed(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended without reading; its status tells.
        }
    }

    /** Reads along until the command has ended or reached a limit. */
    private SandboxRun await(Process process) throws IOException, InterruptedException {
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
                if (residentBytes(process) > limits.memoryBytes()) {
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
    private static long residentBytes(Process process) {
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

    /**
     * Ends the namespace's first process, and so, by the kernel, all others; those around it then
     * end by themselves, which this waits for. Should they not, they are ended as well.
     */
    private static void end(Process timeout) throws IOException {
        timeout.getInputStream().close(); // So that nobody waits for a reader.
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (timeout.isAlive()) {
            boolean patient = System.nanoTime() - begin < GRACE.toNanos();
            timeout.children()
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

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            List<Path> children;
            try (Stream<Path> list = Files.list(path)) {
                children = list.sorted(Comparator.naturalOrder()).toList();
            }
            for (Path child : children) {
                delete(child);
            }
        }
        Files.deleteIfExists(path);
    }

    private static int uid() throws IOException {
        return (int) Files.getAttribute(SELF, "unix:uid");
    }
}
