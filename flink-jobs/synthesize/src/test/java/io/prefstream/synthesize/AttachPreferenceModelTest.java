package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.generators.release.AttachRelease;
import io.prefstream.jobs.generators.release.ReleaseModel;
import io.prefstream.jobs.generators.testing.Releases;
import io.prefstream.schemas.CheckpointKind;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.CodeSnippet;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AttachPreferenceModelTest {

    private static final CheckpointPublished FIRST =
            Releases.published("release-1", CheckpointKind.RELEASE, 100);
    private static final CheckpointPublished SECOND =
            Releases.published("release-2", CheckpointKind.RELEASE, 200);
    private static final CheckpointPublished TRUNK =
            Releases.published("trunk-3", CheckpointKind.TRUNK, 300);

    @Test
    void theFirstSnippetKnowsWhatWasReleasedBeforeTheStart() throws Exception {
        try (Harness harness = new Harness(List.of(SECOND, FIRST, TRUNK))) {
            harness.open();

            assertThat(harness.attached()).isEqualTo(ReleaseModel.of(SECOND));
        }
    }

    @Test
    void aReleaseThatIsAnnouncedLaterIsTakenUp() throws Exception {
        try (Harness harness = new Harness(List.of())) {
            harness.open();
            assertThat(harness.attached()).isNull();

            harness.processElement2(new StreamRecord<>(FIRST));
            assertThat(harness.attached()).isEqualTo(ReleaseModel.of(FIRST));
        }
    }

    @Test
    void aRestoredJobGoesOnWithTheReleaseThatItHadWhateverWasAnnouncedSince() throws Exception {
        OperatorSubtaskState checkpoint;
        try (Harness harness = new Harness(List.of(FIRST))) {
            harness.open();
            checkpoint = harness.snapshot(1, 1);
        }
        try (Harness restored = new Harness(List.of(FIRST, SECOND))) {
            restored.initializeState(checkpoint);
            restored.open();

            assertThat(restored.attached()).isEqualTo(ReleaseModel.of(FIRST));
        }
    }

    private static final class Harness
            extends TwoInputStreamOperatorTestHarness<
                    CodeSnippet, CheckpointPublished, SnippetTask> {

        Harness(List<CheckpointPublished> known) throws Exception {
            super(
                    new CoBroadcastWithNonKeyedOperator<>(
                            new AttachPreferenceModel(null, () -> known),
                            List.of(AttachRelease.NEWEST_RELEASE)));
            setup(SnippetTask.TYPE.createSerializer(getExecutionConfig().getSerializerConfig()));
        }

        @Nullable ReleaseModel attached() throws Exception {
            processElement1(new StreamRecord<>(Snippets.withOneSite()));
            List<SnippetTask> out = extractOutputValues();
            return out.get(out.size() - 1).release();
        }
    }
}
