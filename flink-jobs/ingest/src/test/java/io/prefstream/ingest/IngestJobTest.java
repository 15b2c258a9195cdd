package io.prefstream.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobMain;
import io.prefstream.jobs.common.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngestJobTest {

    private static final String[] TOPICS = {
        "--kafka.bootstrap-servers=localhost:1", "--schema-registry.url=http://localhost:1"
    };

    private static final List<String> PIPELINE_UIDS =
            List.of(
                    "ingest.admit-events",
                    "ingest.check-licences",
                    "ingest.compare-in-band",
                    "ingest.count-rejections",
                    "ingest.count-snippets",
                    "ingest.cut-parts",
                    "ingest.decode-benchmarks",
                    "ingest.decode-opt-outs",
                    "ingest.decode-repo-events",
                    "ingest.drop-contaminated",
                    "ingest.drop-duplicate-files",
                    "ingest.drop-duplicate-parts",
                    "ingest.drop-near-duplicates",
                    "ingest.drop-opted-out-events",
                    "ingest.drop-opted-out-files",
                    "ingest.fetch-content",
                    "ingest.filter-files",
                    "ingest.open-fetched",
                    "ingest.read-benchmarks",
                    "ingest.read-opt-outs",
                    "ingest.read-repo-events",
                    "ingest.redact-secrets",
                    "ingest.sign-snippets",
                    "ingest.stamp-arrivals",
                    "ingest.write-code-snippets",
                    "ingest.write-dead-letters",
                    "ingest.write-rejections");

    /** State is found again by these names: one may be added, none renamed. */
    @Test
    void keepsItsUids() {
        assertThat(uids()).containsExactlyElementsOf(PIPELINE_UIDS);
    }

    @Test
    void addsTheFeedsThatAreConfigured() {
        List<String> expected = new ArrayList<>(PIPELINE_UIDS);
        expected.addAll(
                List.of(
                        "ingest.feed-git",
                        "ingest.feed-maven",
                        "ingest.sort-git",
                        "ingest.sort-maven",
                        "ingest.write-repo-events"));

        assertThat(
                        uids(
                                "--ingest.feeds=maven,git",
                                "--ingest.maven.coordinates=org.example:a,org.example:b:1.0",
                                "--ingest.git.repositories=/srv/a"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --ingest.languages=cobol           | --ingest.languages cannot be 'cobol': there are [java, python,
                    --ingest.licence.allowed=FOO-1     | --ingest.licence.allowed cannot be 'FOO-1': no licence of SPDX's list 3.26.0
                    --ingest.licence.unknown=maybe     | --ingest.licence.unknown cannot be 'maybe'
                    --ingest.redact.kinds=PIN          | --ingest.redact.kinds cannot be 'PIN': there are AGE_SECRET_KEY
                    --ingest.feeds=ftp                 | --ingest.feeds cannot be 'ftp': there are maven
                    --ingest.feeds=git                 | --ingest.git.repositories is missing, since --ingest.feeds names git
                    --ingest.feeds=maven               | --ingest.maven.coordinates is missing, since --ingest.feeds names maven
                    --ingest.max-line-chars=0          | --ingest.max-line-chars=0 must be at least 1
                    --ingest.min-whitespace-fraction=2 | --ingest.min-whitespace-fraction=2.0 must be from 0 to 1
                    --ingest.max-file-size=1gb         | --ingest.max-file-size=1 gb must be from 1 byte to --ingest.max-artifact-size=64 mb
                    --ingest.dedup-expiry=0 s          | --ingest.dedup-expiry=PT0S must be positive
                    --ingest.near-dup.threshold=1.5    | --ingest.near-dup.threshold=1.5 must be above 0 and at most 1
                    --ingest.near-dup.permutations=100 | --ingest.near-dup.permutations=100 must be a multiple of 32
                    --ingest.decontaminate.benchmarks=/no/such.jsonl:q | --ingest.decontaminate.benchmarks: cannot read /no/such.jsonl:q
                    --job.metrics-port=0               | --job.metrics-port=0 must be at least 1
                    --job.metrics-port=65536           | --job.metrics-port=65536 must be from 1 to 65535
                    --ingest.fetch-timeout=soon        | --ingest.fetch-timeout cannot be 'soon'
                    """)
    void refusesAWrongOptionInOneLine(String option, String message) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        JobMain main = new JobMain("ingest", IngestJob.options(), IngestJob::build);

        int code =
                main.run(
                        withTopics(option),
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));

        assertThat(code).isEqualTo(JobMain.BAD_USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(message).hasLineCount(1);
    }

    @Test
    void refusesCoordinatesThatAreNone() {
        assertThat(
                        catchThrowable(
                                () ->
                                        uids(
                                                "--ingest.feeds=maven",
                                                "--ingest.maven.coordinates=guava")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("guava");
    }

    private static List<String> uids(String... options) {
        Configuration config = IngestJob.options().parse(withTopics(options));
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        IngestJob.build(env, config);
        return env.getStreamGraph().getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .filter(Objects::nonNull)
                .map(uid -> uid.replaceFirst("^Sink (Writer|Committer): ?", ""))
                .distinct()
                .sorted()
                .toList();
    }

    private static String[] withTopics(String... options) {
        List<String> all = new ArrayList<>(List.of(TOPICS));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }
}
