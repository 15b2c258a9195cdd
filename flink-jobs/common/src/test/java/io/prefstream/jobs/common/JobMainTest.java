package io.prefstream.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

class JobMainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void exitsWithTwoAndOneLineForAMistakeOfTheUser() {
        int code = run(main(), "--kafka.bootstrap-server", "localhost:9092");

        assertThat(code).isEqualTo(JobMain.BAD_USAGE);
        assertThat(text(err))
                .isEqualToIgnoringNewLines(
                        "unknown option --kafka.bootstrap-server; did you mean"
                                + " --kafka.bootstrap-servers?");
        assertThat(text(out)).isEmpty();
    }

    @Test
    void namesARequiredOptionThatIsMissing() {
        int code = run(main());

        assertThat(code).isEqualTo(JobMain.BAD_USAGE);
        assertThat(text(err))
                .startsWith("option --kafka.bootstrap-servers is missing")
                .hasLineCount(1);
    }

    @Test
    void refusesARegistryUrlThatIsNone() {
        int code = run(main(), "--kafka.bootstrap-servers=x:1", "--schema-registry.url=nowhere");

        assertThat(code).isEqualTo(JobMain.BAD_USAGE);
        assertThat(text(err)).contains("--schema-registry.url", "nowhere").hasLineCount(1);
    }

    @Test
    void refusesAParallelismBelowOne() {
        int code = run(main(), "--job.parallelism", "0");

        assertThat(code).isEqualTo(JobMain.BAD_USAGE);
        assertThat(text(err)).contains("--job.parallelism=0 must be at least 1");
    }

    @Test
    void printsTheConfigurationInForceAndRunsTheJob() {
        int code =
                run(
                        main(),
                        "--kafka.bootstrap-servers=x:1",
                        "--schema-registry.url=http://x:1/",
                        "--job.parallelism=1");

        assertThat(text(err)).isEmpty();
        assertThat(code).isEqualTo(JobMain.DONE);
        assertThat(text(out)).contains("job.parallelism = 1", "kafka.namespace = prefstream");
    }

    @Test
    void runsAJobThatMayNotRestart() {
        int code =
                run(
                        main(),
                        "--kafka.bootstrap-servers=x:1",
                        "--schema-registry.url=http://x:1/",
                        "--job.restart-attempts=0");

        assertThat(text(err)).isEmpty();
        assertThat(code).isEqualTo(JobMain.DONE);
    }

    @Test
    void failsAJobWithAnOperatorWithoutUid() {
        JobMain main =
                new JobMain(
                        "demo",
                        JobOptions.of(JobEnvironment.all()),
                        (env, config) ->
                                env.fromSequence(0, 1).sinkTo(new DiscardingSink<>()).uid("x"));

        assertThat(run(main)).isEqualTo(JobMain.FAILED);
        assertThat(text(err)).startsWith("the job failed: ").contains("no UID").hasLineCount(1);
    }

    @Test
    void printsTheReference() {
        assertThat(run(main(), "--help")).isEqualTo(JobMain.DONE);
        assertThat(text(out)).contains("--schema-registry.url", "--job.checkpoint-interval");
    }

    private static JobMain main() {
        return new JobMain(
                "demo",
                JobOptions.of(TopicsOptions.all(), JobEnvironment.all()),
                (env, config) -> {
                    TopicsOptions.connection(config);
                    env.fromSequence(0, 1)
                            .uid("demo.numbers")
                            .sinkTo(new DiscardingSink<>())
                            .uid("demo.discard");
                });
    }

    private int run(JobMain main, String... args) {
        return main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
