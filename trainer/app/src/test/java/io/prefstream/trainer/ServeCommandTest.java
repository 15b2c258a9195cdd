package io.prefstream.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
    private static final int LONG_TEXT = 2_000;

    @TempDir static Path folder;
    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = RandomModel.write(folder.resolve("random"), 4_096);
    }

    @Test
    void aSignalEndsItWhenWhatRunsHasEnded() throws Exception {
        Process process = start("--model", model.toString());
        try (BufferedReader out = process.inputReader()) {
            String line = String.valueOf(out.readLine());
            assertThat(line).matches("serving random on http://127\\.0\\.0\\.1:\\d+");
            URI address = URI.create(line.substring(line.indexOf("http")));
            HttpRequest request =
                    HttpRequest.newBuilder(address.resolve("/v1/completions"))
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            ("{\"prompt\":\"int a\",\"temperature\":0,"
                                                            + "\"max_tokens\":%d,\"stream\":true}")
                                                    .formatted(LONG_TEXT)))
                            .build();
            HttpResponse<InputStream> response =
                    HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofInputStream());
            BufferedReader events =
                    new BufferedReader(
                            new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            assertThat(events.readLine()).startsWith("data: ");
            process.toHandle().destroy();
            List<String> rest = events.lines().filter(event -> !event.isEmpty()).toList();
            assertThat(rest).last().isEqualTo("data: [DONE]");
            assertThat(rest.get(rest.size() - 2)).contains("\"finish_reason\":\"length\"");
            assertThat(process.waitFor()).isZero();
            assertThat(out.readLine()).isNull();
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    @Test
    void newReleasesAreFollowed() throws Exception {
        Path releases = Files.createDirectories(folder.resolve("releases"));
        Process process = start("--follow", "--poll", "PT0.05S", "--model", releases.toString());
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("waiting for a release in " + releases);
            RandomModel.release(releases, "step-000000001", 1, "{\"id\": \"first\"}");
            String line = String.valueOf(out.readLine());
            assertThat(line).startsWith("serving releases on http://");
            URI scores = URI.create(line.substring(line.indexOf("http")) + "/v1/score");
            assertThat(score(scores)).contains("\"model\":\"first\"", "\"margin_scale\":null");

            RandomModel.release(
                    releases,
                    "step-000000002",
                    2,
                    "{\"id\": \"second\", \"holdoutMarginScale\": 1.25}");
            String answer = score(scores);
            while (answer.contains("\"model\":\"first\"")) {
                answer = score(scores);
            }
            assertThat(answer).contains("\"model\":\"second\"", "\"margin_scale\":1.25");
            process.toHandle().destroy();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.toHandle().destroyForcibly();
        }
    }

    private static String score(URI scores) throws Exception {
        String body = "{\"input\":[{\"prompt\":\"int a\",\"response\":\"b\"}]}";
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(scores)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void whatCannotBeIsOneLine() throws IOException {
        assertThat(serve("--port=70000").complaint())
                .contains("port=70000 must be from 0 to 65535");
        assertThat(serve("--max-queued=0").complaint()).contains("max-queued=0 must be at least 1");
        assertThat(serve("--grace=soon").complaint())
                .contains("Invalid value for option '--grace'");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun run = serve("--port=" + taken.getLocalPort());
            assertThat(run.complaint())
                    .contains("--host=127.0.0.1 --port=" + taken.getLocalPort() + ": ");
            assertThat(run.code()).isEqualTo(2);
        }
        assertThat(serve("--follow").complaint())
                .contains(
                        "--model=%s is a model; --follow needs the folder of releases around it"
                                .formatted(model));
        Path releases = folder.resolve("some");
        RandomModel.release(releases, "step-000000001", 1, "{}");
        assertThat(
                        CommandRun.of(
                                        "",
                                        "serve",
                                        "--model=" + releases,
                                        "--follow",
                                        "--device=cuda:99")
                                .complaint())
                .contains("device=cuda:99");
        assertThat(serve("--follow", "--poll=PT0S").complaint())
                .contains("--poll=PT0S must be above 0");
        CommandRun run = serve("--host=no.such.host.invalid", "--port=0");
        assertThat(run.complaint()).contains("--host=no.such.host.invalid");
        assertThat(run.code()).isEqualTo(2);
    }

    private static CommandRun serve(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "serve";
        arguments[1] = "--model";
        arguments[2] = model.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return CommandRun.of("", arguments);
    }

    private static Process start(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Dai.djl.offline=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                TrainerMain.class.getName(),
                                "serve",
                                "--port",
                                "0"));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(Map.of("OMP_WAIT_POLICY", "PASSIVE", "OMP_NUM_THREADS", "1"));
        return builder.start();
    }
}
