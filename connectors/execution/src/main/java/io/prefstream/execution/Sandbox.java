package io.prefstream.execution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
        try (RunFolder folder = RunFolder.create(files, root ? UNNAMED_UID : -1);
                SandboxProcess process =
                        new SandboxProcess(start(folder.path(), command), limits)) {
            SandboxRun result = process.await(input);
            if (!folder.started()) {
                throw new SandboxException(
                        "it can't be set up: %s (status %d)"
                                .formatted(
                                        result.output().strip().replaceAll("\\s*\\R\\s*", "; "),
                                        result.status()));
            }
            return result;
        }
    }

    private Process start(Path run, List<String> command) throws SandboxException {
        List<String> line = new ArrayList<>();
        long orphanSeconds = limits.time().plus(SandboxProcess.GRACE).toSeconds() + 1;
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

    private static int uid() throws IOException {
        return (int) Files.getAttribute(SELF, "unix:uid");
    }
}
