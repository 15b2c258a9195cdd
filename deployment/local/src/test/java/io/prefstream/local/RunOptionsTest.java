package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.prefstream.model.DemoModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every mistake is one line that names option, value and limit; nothing is written. */
class RunOptionsTest {

    private record Said(int status, String line) {}

    @TempDir Path folder;
    private Path out;

    @BeforeEach
    void pickOut() {
        out = folder.resolve("out");
    }

    @Test
    void unknownOptionIsBadUsage() {
        assertThat(run("--bogus"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: Unknown option: '--bogus' (see ./prefstream run"
                                        + " --help)"));
    }

    @Test
    void unreadableValueIsBadUsage() {
        Said said = run("--steps", "many");
        assertThat(said.status()).isEqualTo(2);
        assertThat(said.line()).contains("--steps").contains("many");
    }

    @Test
    void valueBelowItsLimitNamesOptionValueAndLimit() {
        assertThat(run("--steps", "0"))
                .isEqualTo(new Said(2, "prefstream: --steps=0 must be at least 1"));
        assertThat(run("--parallelism", "65"))
                .isEqualTo(new Said(2, "prefstream: --parallelism=65 must be at most 64"));
        assertThat(run("--ui-port", "70000"))
                .isEqualTo(new Said(2, "prefstream: --ui-port=70000 must be from 0 to 65535"));
    }

    @Test
    void contextIsANumberThatBothWaysOfSayingItAgreeOn() {
        assertThat(run("--context", "7"))
                .isEqualTo(new Said(2, "prefstream: --context=7 must be at least 8"));
        assertThat(run("--config", "trainer.model.context=long"))
                .isEqualTo(
                        new Said(
                                2, "prefstream: --config trainer.model.context=long is no number"));
        assertThat(run("--context", "512", "--config", "trainer.model.context=1024"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --context=512 and --config trainer.model.context=1024"
                                        + " contradict each other"));
    }

    @Test
    void stepsAndForeverExcludeEachOther() {
        assertThat(run("--steps", "3", "--forever"))
                .isEqualTo(new Said(2, "prefstream: --forever and --steps=3 exclude each other"));
    }

    @Test
    void feedIsOneOfThese() {
        assertThat(run("--feed", "svn"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed=svn must be maven, git, github, gharchive, npm,"
                                        + " pypi, crates, swh or webhook"));
    }

    @Test
    void registriesNeedPackagesOrNoEnd() {
        assertThat(run("--feed", "pypi"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed pypi needs --package NAME, or --forever to"
                                        + " follow the whole registry"));
        assertThat(run("--package", "left-pad"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --package=left-pad is for --feed npm, pypi or crates,"
                                        + " not for --feed maven"));
    }

    @Test
    void journalNeedsItsBroker() {
        assertThat(run("--feed", "swh"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: option --ingest.swh.bootstrap-servers is missing:"
                                        + " Kafka brokers of Software Heritage's journal, as"
                                        + " host:port,host:port."));
    }

    @Test
    void webhooksNeedASecretAndNoEnd() throws Exception {
        assertThat(run("--feed", "webhook", "--forever"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed webhook needs --github-secret-file FILE or"
                                        + " --gitlab-token-file FILE"));
        Path secret = Files.writeString(folder.resolve("secret"), "s".repeat(32));
        assertThat(run("--feed", "webhook", "--github-secret-file", secret.toString()))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed webhook needs --forever: nobody knows which"
                                        + " webhook is the last"));
        assertThat(run("--gitlab-token-file", "x"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --gitlab-token-file=x is for --feed webhook, not for"
                                        + " --feed maven"));
        assertThat(run("--feed", "webhook", "--forever", "--gitlab-token-file", "/nowhere/x"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --gitlab-token-file=/nowhere/x is no file that can be"
                                        + " read"));
    }

    @Test
    void gitFeedNeedsARepository() {
        assertThat(run("--feed", "git"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed git needs --repo PATH or URL, once or more"));
    }

    @Test
    void archiveFeedNeedsItsHours() {
        assertThat(run("--feed", "gharchive"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed gharchive needs --from HOUR, such as --from"
                                        + " 2026-01-01-0"));
        assertThat(run("--feed", "gharchive", "--from", "2026-01-01-0"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --feed gharchive needs --to HOUR, or --forever to"
                                        + " follow the archive"));
        assertThat(run("--feed", "gharchive", "--from", "yesterday"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --from=yesterday: an hour of the archive looks like"
                                        + " 2026-01-31-7 (UTC), got 'yesterday'"));
        assertThat(run("--feed", "gharchive", "--from", "2026-01-02-0", "--to", "2026-01-01-0"))
                .isEqualTo(
                        new Said(2, "prefstream: --to=2026-01-01-0 is before --from=2026-01-02-0"));
        assertThat(run("--archive", "/srv/hours"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --archive=/srv/hours needs --from HOUR, such as"
                                        + " --from 2026-01-01-0"));
        assertThat(run("--from", "2026-01-01-0"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --from=2026-01-01-0 is for --feed gharchive, not for"
                                        + " --feed maven"));
    }

    @Test
    void archiveThatIsNotThereFails() {
        Said said =
                run(
                        "--feed",
                        "gharchive",
                        "--archive",
                        folder.resolve("hours").toString(),
                        "--from",
                        "2026-01-01-0",
                        "--to",
                        "2026-01-01-3");
        assertThat(said)
                .isEqualTo(
                        new Said(1, "prefstream: --archive: no folder " + folder.resolve("hours")));
    }

    @Test
    void namesOfGithubAreOwnerAndName() {
        assertThat(run("--feed", "github", "--repo", "https://github.com/o/n"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --repo=https://github.com/o/n: with --feed github a"
                                        + " repository is OWNER/NAME"));
        assertThat(
                        run(
                                "--feed",
                                "gharchive",
                                "--repo",
                                "apache",
                                "--from",
                                "2026-01-01-0",
                                "--to",
                                "2026-01-01-0"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --repo=apache: with --feed gharchive a repository is"
                                        + " OWNER/NAME"));
        assertThat(run("--feed", "github", "--coordinates", "g:a"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --coordinates=g:a is for --feed maven, not for --feed"
                                        + " github"));
    }

    @Test
    void repositoryThatGithubDoesNotHaveFails() throws Exception {
        HttpServer github =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        github.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(404, -1);
                    exchange.close();
                });
        github.start();
        try {
            String api = "http://127.0.0.1:" + github.getAddress().getPort();
            assertThat(
                            run(
                                    "--feed",
                                    "github",
                                    "--repo",
                                    "o/nothing",
                                    "--config",
                                    "ingest.github.api=" + api,
                                    "--config",
                                    "ingest.http.allow-private-addresses=true"))
                    .isEqualTo(
                            new Said(
                                    1,
                                    "prefstream: --repo: no %s/repos/o/nothing/events: it answered 404"
                                            .formatted(api)));
        } finally {
            github.stop(0);
        }
    }

    @Test
    void malformedCoordinatesAreBadUsage() {
        assertThat(run("--coordinates", "guava"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --coordinates=guava is not of the form group:artifact"
                                        + " or group:artifact:version"));
    }

    @Test
    void configKeyThatNoJobKnowsIsBadUsage() {
        assertThat(run("--config", "ingest.nonsense=1"))
                .isEqualTo(
                        new Said(
                                2, "prefstream: --config ingest.nonsense: no job has this option"));
    }

    @Test
    void unreadableConfigValueIsBadUsage() {
        Said said = run("--config", "ingest.max-line-chars=long");
        assertThat(said.status()).isEqualTo(2);
        assertThat(said.line()).contains("ingest.max-line-chars").contains("long");
    }

    @Test
    void trainerOptionsAreReadBeforeAnythingStarts() throws Exception {
        assertThat(trainerOption("batch.pairs=0"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --config trainer.batch.pairs=0 must be at least 1"));
        assertThat(trainerOption("batch.pairs=many"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --config trainer.batch.pairs=many must be a whole"
                                        + " number"));
        assertThat(trainerOption("batch.size=8").line())
                .startsWith("prefstream: --config trainer.KEY: unknown key batch.size; there are:");
        assertThat(trainerOption("replay.capacity=100").line())
                .startsWith("prefstream: --config trainer.KEY: replay min-size of 256 exceeds the");
        assertThat(trainerOption("batch.tokens=512").line())
                .startsWith("prefstream: --config trainer.batch.pairs=32 and batch.tokens=512:");
        assertThat(trainerOption("seed=5"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --config trainer.seed=5 would be ignored: a run sets"
                                        + " that itself, by --out, --seed, --steps or where its"
                                        + " topics are"));
    }

    @Test
    void modelThatTheTrainerCannotReadIsRefusedBeforeAnythingStarts() throws Exception {
        Path model = folder.resolve("model");
        assertThat(trainerOption("model.path=" + model))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --config trainer.model.path=%s is no folder"
                                        .formatted(model)));
        Files.createDirectories(model);
        assertThat(trainerOption("model.path=" + model))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --config trainer.model.path=%s: no model bundle: config.json is missing"
                                        .formatted(model)));
        DemoModel.writeTokenizer(model);
        Files.writeString(model.resolve("model.safetensors"), "");
        Path config = model.resolve("config.json");
        assertThat(trainerOption("model.context=4096", "model.path=" + model))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --config trainer.model.context=4,096 exceeds the 256"
                                        + " of the model in "
                                        + model));
        Files.writeString(config, "{");
        Said said = trainerOption("model.path=" + model);
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.line()).startsWith("prefstream: --config trainer.model.path: " + config);
    }

    private Said trainerOption(String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--repo", repository()));
        for (String option : options) {
            arguments.addAll(List.of("--config", "trainer." + option));
        }
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void pathThatIsNoRepositoryFails() throws Exception {
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Said said = run("--repo", plain.toString());
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.line()).contains("--repo").contains(plain.toString());
    }

    @Test
    void coordinatesThatAreNotInTheCacheFailOffline() {
        Said said =
                run(
                        "--coordinates",
                        "io.prefstream.nowhere:nothing:1",
                        "--config",
                        "ingest.maven.offline=true");
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.line()).contains("--coordinates").contains("io.prefstream.nowhere:nothing");
    }

    @Test
    void coordinatesThatDoNotExistFail() throws Exception {
        HttpServer empty =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        empty.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(404, -1);
                    exchange.close();
                });
        empty.start();
        try {
            Said said = runWithMirror(empty.getAddress().getPort());
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.line())
                    .startsWith("prefstream: --coordinates: no artifact org.example:absent");
        } finally {
            empty.stop(0);
        }
    }

    @Test
    void noNetworkFails() throws Exception {
        int closed = FreePorts.find(1).get(0);
        Said said = runWithMirror(closed);
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.line())
                .startsWith("prefstream: --coordinates: org.example:absent")
                .contains("could not be read")
                .contains("refused");
    }

    @Test
    void earlierRunNeedsResume() throws Exception {
        Files.createDirectories(out);
        Files.writeString(out.resolve(RunRequestFile.NAME), "");
        Said said = run("--repo", repository());
        assertThat(said.status()).isEqualTo(2);
        assertThat(said.line()).contains(out.toString()).contains("--resume");
        assertThat(Files.list(out)).hasSize(1);
    }

    @Test
    void resumeNeedsAnEarlierRun() {
        assertThat(run("--resume"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --resume: there is no run to go on with in --out=%s"
                                        .formatted(out)));
    }

    @Test
    void resumeContradictingTheRunNamesBothValues() throws Exception {
        try (RunFolder run = RunFolder.open(out)) {
            run.mark(options("--repo", repository()).asked());
        }
        assertThat(run("--resume", "--depth", "5"))
                .isEqualTo(
                        new Said(
                                2,
                                "prefstream: --depth=5 contradicts the run in --out=%s, which has --depth=100: leave the option out, or name another folder"
                                        .formatted(out)));
    }

    @Test
    void resumeOfARunThatGoesOnElsewhereFails() throws Exception {
        try (RunFolder run = RunFolder.open(out)) {
            run.mark(options("--repo", repository()).asked());
            assertThat(run("--resume"))
                    .isEqualTo(
                            new Said(
                                    1,
                                    "prefstream: --out=%s: another run is going on in it"
                                            .formatted(out)));
        }
    }

    @Test
    void folderWithOtherThingsIsRefused() throws Exception {
        Files.createDirectories(out);
        Files.writeString(out.resolve("thesis.tex"), "");
        assertThat(run("--repo", repository()))
                .isEqualTo(new Said(2, "prefstream: --out=%s is not empty".formatted(out)));
    }

    @Test
    void outThatIsAFileIsRefused() throws Exception {
        Files.writeString(out, "");
        assertThat(run("--repo", repository()))
                .isEqualTo(
                        new Said(2, "prefstream: --out=%s is a file, not a folder".formatted(out)));
    }

    @Test
    void outBelowAFileIsRefused() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        out = folder.resolve("file").resolve("out");
        Said said = run("--repo", repository());
        assertThat(said.status()).isEqualTo(2);
        assertThat(said.line()).contains("cannot be made");
    }

    @Test
    void readOnlyPlaceFails() throws Exception {
        // A read-only file system, so that root cannot write either.
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/sys")));
        out = Path.of("/proc/sys/prefstream-out");
        Said said = run("--repo", repository());
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.line()).contains("--out=/proc/sys/prefstream-out");
    }

    @Test
    void fullDiskFails() throws Exception {
        RunOptions options = options("--repo", folder.toString());
        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> Preflight.checkOut(options, Long.MAX_VALUE)))
                .isInstanceOf(java.io.IOException.class)
                .hasMessageContaining("MB free; a run needs");
    }

    @Test
    void busyPortFails() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Said said =
                    run("--repo", repository(), "--ui-port", Integer.toString(busy.getLocalPort()));
            assertThat(said)
                    .isEqualTo(
                            new Said(
                                    1,
                                    "prefstream: --ui-port=%d is taken by another process; 0 takes any free port"
                                            .formatted(busy.getLocalPort())));
        }
    }

    @Test
    void runWithoutOptionsReadsWellKnownArtifacts() throws Exception {
        RunOptions options = options();
        assertThat(options.asked().feed()).isEqualTo(RunRequest.Feed.MAVEN);
        assertThat(options.asked().targets()).hasSizeGreaterThan(10);
        assertThat(options.asked().steps()).isEqualTo(RunRequest.DEFAULT_STEPS);
    }

    @Test
    void repositoryAloneMeansTheGitFeed() throws Exception {
        assertThat(options("--repo", "x").asked().feed()).isEqualTo(RunRequest.Feed.GIT);
    }

    @Test
    void configIsDealtOutToJobsAndTrainer() throws Exception {
        RunOptions options =
                options("--config", "trainer.batch.pairs=8", "--config", "ingest.languages=java");
        assertThat(options.asked().trainerConfig())
                .containsExactly(java.util.Map.entry("batch.pairs", "8"));
        assertThat(options.asked().jobConfig())
                .containsExactly(java.util.Map.entry("ingest.languages", "java"));
    }

    /** With settings.xml whose only mirror is a port of this machine, and an empty cache. */
    private Said runWithMirror(int port) throws Exception {
        Path settings = folder.resolve("settings.xml");
        Files.writeString(
                settings,
                """
                <settings>
                  <mirrors>
                    <mirror>
                      <id>here</id>
                      <mirrorOf>*</mirrorOf>
                      <url>http://127.0.0.1:%d/maven</url>
                    </mirror>
                  </mirrors>
                </settings>
                """
                        .formatted(port));
        return run(
                "--coordinates",
                "org.example:absent:1.0",
                "--config",
                "ingest.maven.settings-file=" + settings,
                "--config",
                "ingest.maven.local-repository=" + folder.resolve("cache"));
    }

    private String repository() throws Exception {
        Path repository = folder.resolve("repository");
        Git.init().setDirectory(repository.toFile()).call().close();
        return repository.toString();
    }

    private RunOptions options(String... arguments) throws Exception {
        RunCommand command = new RunCommand();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--out", out.toString()));
        new CommandLine(command).parseArgs(all.toArray(String[]::new));
        return command.options();
    }

    private Said run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("run"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--out", out.toString()));
        boolean there = Files.exists(out);
        StringWriter errors = new StringWriter();
        int status =
                Prefstream.commandLine()
                        .setErr(new PrintWriter(errors))
                        .execute(all.toArray(String[]::new));
        String line = errors.toString().strip();
        assertThat(line.lines()).hasSize(1);
        assertThat(Files.exists(out)).isEqualTo(there);
        return new Said(status, line);
    }
}
