package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.ingest.IngestJob;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobMain;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.synthesize.SynthesizeJob;
import io.prefstream.validate.ValidateJob;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/** State is found again by an operator's uid: every operator that runs has one of its own. */
class OperatorUidsTest {

    @Test
    void everyOperatorOfIngestHasAUid() {
        assertUids(
                "ingest",
                IngestJob.options(),
                IngestJob::build,
                "--ingest.feeds=maven,git",
                "--ingest.maven.coordinates=org.example:a",
                "--ingest.git.repositories=/srv/a");
    }

    @Test
    void everyOperatorOfSynthesizeHasAUid() {
        assertUids("synthesize", SynthesizeJob.options(), SynthesizeJob::build);
    }

    @Test
    void everyOperatorOfValidateHasAUid() {
        assertUids("validate", ValidateJob.options(), ValidateJob::build);
    }

    @Test
    void everyOperatorOfRulesThatSupersedeOthersHasAUid() {
        assertUids(
                "validate",
                ValidateJob.options(),
                ValidateJob::build,
                "--validate.rules-version=2");
    }

    private static void assertUids(
            String stage, JobOptions options, JobMain.Graph job, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--kafka.bootstrap-servers=localhost:1",
                                "--schema-registry.url=http://localhost:1"));
        arguments.addAll(List.of(more));
        Configuration config = options.parse(arguments.toArray(String[]::new));
        StreamExecutionEnvironment env = JobEnvironment.create(config);
        job.build(env, config);

        assertThat(env.getStreamGraph().getStreamNodes())
                .hasSizeGreaterThan(5)
                .allSatisfy(
                        node ->
                                assertThat(node.getTransformationUID())
                                        .as(node.getOperatorName())
                                        .matches("(Sink Committer: )?" + stage + "\\.[a-z-]+"))
                .extracting(StreamNode::getTransformationUID)
                .doesNotHaveDuplicates();
    }
}
