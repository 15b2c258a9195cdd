package io.prefstream.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.execution.SandboxRun.Ending;
import io.prefstream.execution.testing.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One program of ill will for each limit, run for real. Where the machine doesn't isolate, each
 * test asks that the sandbox says so.
 */
class SandboxTest {

    private static final long MIB = 1 << 20;
    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(20), 20, 256 * MIB, 32, 64, 4 * MIB, 8 * MIB, 65_536);

    /** A word that finds the processes of one test again. */
    private final String marker = "marker-" + UUID.randomUUID();

    @Test
    void whatIsolatesIsFoundByLookingFromInside() throws Exception {
        Isolation isolation;
        try {
            isolation = Sandbox.open(LIMITS, Isolation.Level.FILES, "isolation").look();
        } catch (SandboxException refusal) {
            Machine.assertRefusal(refusal);
            return;
        }

        boolean root = Machine.isRoot();
        assertThat(isolation).isEqualTo(new Isolation(true, true, root, true));
        assertThat(isolation.describe())
                .isEqualTo(
                        "no network: yes, own read-only root: yes, own user: %s, limits: yes"
                                .formatted(root ? "yes" : "no"));
    }

    @Test
    void aForkBombGetsNoMoreProcessesThanAllowed() throws Exception {
        SandboxRun run =
                sh(
                        // Builtins alone, as no process is left; what the bomb says is more than
                        // output may be.
                        "bomb() { bomb | bomb & }; (bomb) 2>/tmp/said &"
                                + " i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done;"
                                + " i=0; while [ $i -lt 20 ] && read -r line; do echo \"$line\";"
                                + " i=$((i+1)); done </tmp/said;"
                                + " set -- /proc/[0-9]*; echo processes $#");

        if (run != null) {
            assertThat(run.output()).containsIgnoringCase("fork");
            Matcher count = Pattern.compile("processes (\\d+)").matcher(run.output());
            assertThat(count.find()).as("%s", run).isTrue();
            assertThat(Integer.parseInt(count.group(1))).isBetween(2, LIMITS.processes());
        }
        assertThat(Machine.processesWith(marker)).isEmpty();
    }

    @Test
    void aProcessGetsNoMoreMemoryThanAllowed() throws Exception {
        // tail keeps a line, and this one has no end.
        SandboxRun run = sh("tail /dev/zero");

        if (run != null) {
            assertThat(run.ending()).isEqualTo(Ending.EXITED);
            assertThat(run.status()).isNotZero();
            assertThat(run.output()).containsIgnoringCase("memory");
        }
    }

    @Test
    void processesTogetherGetNoMoreMemoryThanAllowed() throws Exception {
        SandboxRun run =
                sh(
                        "for i in 1 2 3; do (head -c 120000000 /dev/zero; sleep 60) | tail -n 1 &"
                                + " done; wait");

        if (run != null) {
            assertThat(run.ending()).isEqualTo(Ending.OUT_OF_MEMORY);
        }
        assertThat(Machine.processesWith(marker)).isEmpty();
    }

    @Test
    void aFileAndAllFilesTogetherStayBelowTheirLimits() throws Exception {
        SandboxRun run =
                sh(
                        "head -c 100000000 /dev/zero > $TMPDIR/big; stat -c 'one %s' $TMPDIR/big;"
                            + " for i in 1 2 3 4; do head -c 4000000 /dev/zero > $TMPDIR/$i; done;"
                            + " du -sb $TMPDIR; touch /outside ../outside /usr/outside outside");

        if (run != null) {
            assertThat(run.output()).contains("one " + 4 * MIB).contains("No space left on device");
            String total =
                    run.output().lines().filter(line -> line.endsWith("/tmp")).findFirst().get();
            assertThat(Long.parseLong(total.split("\\s")[0])).isBetween(8_000_000L, 8 * MIB);
            assertThat(run.output().lines().filter(line -> line.contains("Read-only file system")))
                    .hasSize(4);
        }
    }

    @Test
    void theMachinesNetworkIsOutOfReach() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(200);
            String call = "echo hello > /dev/tcp/127.0.0.1/" + server.getLocalPort();
            int outside = new ProcessBuilder("bash", "-c", call).start().waitFor();
            assertThat(outside).isZero();
            server.accept().close();

            for (Isolation.Level level : Isolation.Level.values()) {
                SandboxRun run = run(level, LIMITS, "bash", "-c", call + " && echo reached");

                if (run != null) {
                    assertThat(run.status()).isNotZero();
                    assertThat(run.output()).contains("unreachable").doesNotContain("reached\n");
                }
                assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    @Test
    void outputBeyondTheLimitEndsTheRun() throws Exception {
        SandboxRun run = sh("head -c 100000000 /dev/zero | tr '\\0' x");

        if (run != null) {
            assertThat(run.ending()).isEqualTo(Ending.TOO_MUCH_OUTPUT);
            assertThat(run.output()).hasSize(LIMITS.outputBytes());
        }
    }

    @Test
    void whatSleepsForEverIsEndedInTime() throws Exception {
        SandboxRun run =
                run(
                        Isolation.Level.FILES,
                        Limits.of(Duration.ofSeconds(2), 256 * MIB),
                        "sh",
                        "-c",
                        "echo begun; trap '' TERM INT; sleep 600; sleep 600",
                        marker);

        if (run != null) {
            assertThat(run).isEqualTo(new SandboxRun(Ending.OUT_OF_TIME, -1, "begun\n"));
        }
        assertThat(Machine.processesWith(marker)).isEmpty();
    }

    @Test
    void whatUsesTooMuchCpuTimeIsEnded() throws Exception {
        Limits oneSecond =
                new Limits(Duration.ofSeconds(30), 1, 256 * MIB, 32, 64, MIB, MIB, 65_536);
        SandboxRun run = run(Isolation.Level.FILES, oneSecond, "sh", "-c", "while :; do :; done");

        if (run != null) {
            assertThat(run.ending()).isEqualTo(Ending.OUT_OF_CPU_TIME);
        }
    }

    @Test
    void theMachinesFilesAndProcessesAreOutOfSight(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "open to everyone");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        String home = System.getProperty("user.home");
        SandboxRun run =
                sh(
                        "cat /etc/shadow /etc/passwd; ls -d %s %s %s; echo 5 > /proc/sys/vm/swappiness; unshare --user true;"
                                        .formatted(home, folder, secret)
                                + " set -- /proc/[0-9]*; echo $# processes");

        if (run != null) {
            assertThat(run.output().lines().toList())
                    .hasSize(8)
                    .endsWith("2 processes")
                    .filteredOn(line -> !line.endsWith(" processes"))
                    .allMatch(
                            line ->
                                    line.contains("No such file or directory")
                                            || line.contains("Permission denied")
                                            || line.contains("unshare failed"));
        }
    }

    @Test
    void noVariableOfThisProcessIsHandedOn() throws Exception {
        SandboxRun run = sh("env | sed 's/=.*//'");

        if (run != null) {
            assertThat(run.output().lines())
                    .isSubsetOf(
                            "PATH", "LANG", "MALLOC_ARENA_MAX", "HOME", "TMPDIR", "PWD", "OLDPWD");
        }
    }

    @Test
    void whoKillsEverythingKillsOnlyItsOwn() throws Exception {
        SandboxRun run = sh("kill -9 1 $PPID; kill -9 -1; kill -9 0");

        if (run != null) {
            assertThat(run.status()).isEqualTo(128 + 9);
        }
    }

    @ParameterizedTest
    @EnumSource(Isolation.Level.class)
    void aDaemonEndsWithItsParent(Isolation.Level level) throws Exception {
        SandboxRun run =
                run(
                        level,
                        LIMITS,
                        "sh",
                        "-c",
                        "setsid sh -c 'sleep 600; :' %s > /dev/null 2>&1 & echo left"
                                .formatted(marker));

        if (run != null) {
            assertThat(run).isEqualTo(new SandboxRun(Ending.EXITED, 0, "left\n"));
        }
        assertThat(Machine.processesWith(marker)).isEmpty();
    }

    @Test
    void aRunsFolderIsGoneAfterwards() throws Exception {
        SandboxRun isolated = sh("grep ' /work ' /proc/self/mountinfo");
        if (isolated != null) {
            String in = isolated.output().split(" ")[3];
            assertThat(in).contains("prefstream-sandbox-");
            assertThat(Path.of(in).getParent()).doesNotExist();
        }

        SandboxRun open =
                run(
                        Isolation.Level.NETWORK,
                        LIMITS,
                        "sh",
                        "-c",
                        "mkdir -p $TMPDIR/a/b; touch $TMPDIR/a/b/c; chmod 0 $TMPDIR/a/b $TMPDIR/a;"
                                + " pwd");
        if (open != null) {
            assertThat(open.output()).contains("prefstream-sandbox-");
            assertThat(Path.of(open.output().strip()).getParent()).doesNotExist();
        }
    }

    @Test
    void filesAndInputAreWhatWasGiven() throws Exception {
        Sandbox sandbox = Sandbox.at(Isolation.Level.FILES, LIMITS);
        Map<String, byte[]> files =
                Map.of("a/b.txt", "of a file\n".getBytes(StandardCharsets.UTF_8));
        try {
            SandboxRun run =
                    sandbox.run(List.of("sh", "-c", "cat a/b.txt -; exit 3"), files, "of input");
            assertThat(run).isEqualTo(new SandboxRun(Ending.EXITED, 3, "of a file\nof input"));
        } catch (SandboxException refusal) {
            assertThat(Machine.isolates()).isFalse();
        }
    }

    @Test
    void anInterruptEndsTheRunAndLeavesNothing() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                sh("sleep 600; :");
                            } catch (Exception e) {
                                thrown.set(e);
                            }
                        });
        thread.start();
        while (thread.isAlive() && Machine.processesWith(marker).isEmpty()) {
            Thread.sleep(5);
        }
        thread.interrupt();
        thread.join();

        if (Machine.isolates()) {
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
        assertThat(Machine.processesWith(marker)).isEmpty();
    }

    /** The tests above run as whoever builds; where that is root, this is for everybody else. */
    @Test
    void aUserWithoutRightsHasItAsWell(@TempDir Path folder) throws Exception {
        if (Machine.isRoot() && Machine.isolates()) {
            assertThat(
                            lookAround(
                                    folder,
                                    "exec setpriv --reuid 64322 --regid 64322 --clear-groups"
                                            + " \"$@\""))
                    .isEqualTo(
                            "no network: yes, own read-only root: yes, own user: no, limits: yes");
        }
    }

    @Test
    void whereTheMachineForbidsItThereIsNoSandbox(@TempDir Path folder) throws Exception {
        String said =
                lookAround(
                        folder,
                        "unshare --user --map-root-user sh -c 'echo 0 >"
                                + " /proc/sys/user/max_user_namespaces; exec \"$@\"' sh \"$@\"");

        if (Machine.isolates()) {
            assertThat(said)
                    .startsWith(
                            "code of others is not run here: isolation=files"
                                    + " asks for more than this machine gives (")
                    .doesNotContain("\n");
        } else {
            assertThat(said).isNotEmpty().doesNotContain("yes");
        }
    }

    /** What {@link LookAround} says where a script starts it. */
    private static String lookAround(Path folder, String script) throws Exception {
        Process process =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                script,
                                "sh",
                                System.getProperty("java.home") + "/bin/java",
                                "-cp",
                                copyOfThePackage(folder).toString(),
                                LookAround.class.getName())
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /** In a JVM of its own. */
    static final class LookAround {

        private LookAround() {}

        public static void main(String[] args) throws IOException, InterruptedException {
            try {
                Sandbox sandbox = Sandbox.open(LIMITS, Isolation.Level.FILES, "isolation");
                System.out.println(sandbox.look().describe());
            } catch (SandboxException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static Path copyOfThePackage(Path folder) throws Exception {
        Path target =
                Files.createDirectories(
                        folder.resolve(Sandbox.class.getPackageName().replace('.', '/')));
        for (URL beside :
                List.of(
                        Sandbox.class.getResource("Sandbox.class"),
                        Sandbox.class.getResource("enter.sh"),
                        SandboxTest.class.getResource("SandboxTest.class"))) {
            Path source = Path.of(beside.toURI());
            try (Stream<Path> files = Files.list(source.getParent())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(
                            file,
                            target.resolve(file.getFileName()),
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        for (Path path = target; !path.equals(folder.getParent()); path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return folder;
    }

    /** Runs a script; null where the machine doesn't isolate and the sandbox said so. */
    private SandboxRun sh(String script) throws IOException, InterruptedException {
        return run(Isolation.Level.FILES, LIMITS, "sh", "-c", script, marker);
    }

    private static SandboxRun run(Isolation.Level level, Limits limits, String... command)
            throws IOException, InterruptedException {
        try {
            return Sandbox.at(level, limits).run(List.of(command), Map.of(), "");
        } catch (SandboxException refusal) {
            assertThat(Machine.isolates()).as("%s", refusal).isFalse();
            return null;
        }
    }
}
