package io.prefstream.validate.margin;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.jobs.generators.testing.Releases;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.FileDigest;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.Candidates;
import io.prefstream.validate.HoldoutSplit;
import io.prefstream.validate.LabelConfidence;
import io.prefstream.validate.PairAssembly;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AttachModelTest {

    private static final PreferencePair PAIR =
            new PairAssembly(
                            "test/1",
                            1,
                            new HoldoutSplit(0, HoldoutSplit.Unit.FILE),
                            new LabelConfidence(0, 0.7))
                    .draft(Candidates.good(), List.of());

    @Test
    void aPairCarriesTheNewestReleaseThatIsKnownWhenItComesBy() throws Exception {
        try (Harness harness = open(null)) {
            assertThat(harness.attached()).isNull();

            harness.publish("release-1", CheckpointKind.RELEASE, "main", 100);
            assertThat(harness.attached())
                    .isEqualTo(
                            new ReleaseModel(
                                    "release-1",
                                    "file:///models/release-1",
                                    7,
                                    Instant.ofEpochSecond(100),
                                    List.of(new ReleaseModel.File("config.json", 3, "ab"))));

            harness.publish("release-2", CheckpointKind.RELEASE, "main", 200);
            assertThat(harness.attached().id()).isEqualTo("release-2");
        }
    }

    @Test
    void trunksAndOlderReleasesArePassedOver() throws Exception {
        try (Harness harness = open(null)) {
            harness.publish("release-2", CheckpointKind.RELEASE, "main", 200);
            harness.publish("trunk-3", CheckpointKind.TRUNK, "main", 300);
            harness.publish("release-1", CheckpointKind.RELEASE, "main", 100);

            assertThat(harness.attached().id()).isEqualTo("release-2");
        }
    }

    @Test
    void onlyTheConfiguredModelCounts() throws Exception {
        try (Harness harness = open("main")) {
            harness.publish("release-1", CheckpointKind.RELEASE, "main", 100);
            harness.publish("release-9", CheckpointKind.RELEASE, "other", 900);

            assertThat(harness.attached().id()).isEqualTo("release-1");
        }
    }

    @Test
    void theReleaseIsKnownAfterARestart() throws Exception {
        OperatorSubtaskState checkpoint;
        try (Harness harness = open(null)) {
            harness.publish("release-1", CheckpointKind.RELEASE, "main", 100);
            checkpoint = harness.snapshot(1, 1);
        }
        try (Harness restored = new Harness(null)) {
            restored.initializeState(checkpoint);
            restored.open();

            assertThat(restored.attached().id()).isEqualTo("release-1");
        }
    }

    @Test
    void aFreshStartKnowsWhatWasAnnouncedBeforeIt() throws Exception {
        List<CheckpointPublished> announced =
                List.of(
                        published("release-2", CheckpointKind.RELEASE, "main", 200),
                        published("trunk-3", CheckpointKind.TRUNK, "main", 300),
                        published("release-1", CheckpointKind.RELEASE, "main", 100));
        OperatorSubtaskState checkpoint;
        try (Harness harness = new Harness(null, announced)) {
            harness.open();
            assertThat(harness.attached().id()).isEqualTo("release-2");
            checkpoint = harness.snapshot(1, 1);
        }
        try (Harness restored =
                new Harness(
                        null,
                        List.of(published("release-9", CheckpointKind.RELEASE, "main", 900)))) {
            restored.initializeState(checkpoint);
            restored.open();

            assertThat(restored.attached().id()).isEqualTo("release-2");
        }
    }

    private static Harness open(String modelName) throws Exception {
        Harness harness = new Harness(modelName);
        harness.open();
        return harness;
    }

    private static CheckpointPublished published(
            String id, CheckpointKind kind, String model, long second) {
        return CheckpointPublished.newBuilder(
                        Releases.published(
                                id,
                                kind,
                                "file:///models/" + id,
                                List.of(
                                        FileDigest.newBuilder()
                                                .setName("config.json")
                                                .setBytes(3)
                                                .setSha256("ab")
                                                .build()),
                                second))
                .setModel(model)
                .build();
    }

    private static final class Harness
            extends TwoInputStreamOperatorTestHarness<
                    PreferencePair, CheckpointPublished, ScoringTask> {

        Harness(String modelName) throws Exception {
            this(modelName, List.of());
        }

        Harness(String modelName, List<CheckpointPublished> known) throws Exception {
            super(
                    new CoBroadcastWithNonKeyedOperator<>(
                            new AttachModel(modelName, () -> known),
                            List.of(AttachModel.NEWEST_RELEASE)));
            setup(ScoringTask.TYPE.createSerializer(getExecutionConfig().getSerializerConfig()));
        }

        void publish(String id, CheckpointKind kind, String model, long second) throws Exception {
            processElement2(new StreamRecord<>(published(id, kind, model, second)));
        }

        ReleaseModel attached() throws Exception {
            processElement1(new StreamRecord<>(PAIR));
            List<ScoringTask> out = extractOutputValues();
            return out.get(out.size() - 1).model();
        }
    }
}
