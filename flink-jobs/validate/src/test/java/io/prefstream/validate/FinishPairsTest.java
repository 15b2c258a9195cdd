package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.jobs.common.testing.BenchmarkExamples;
import io.prefstream.jobs.common.testing.OptOutExamples;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.margin.MarginOutcome;
import io.prefstream.validate.margin.MarginScorer;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.apache.flink.types.Either;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class FinishPairsTest {

    private static final PreferencePair UNSCORED = withMargin(null);
    private static final PreferencePair FOR = withMargin(0.2);
    private static final PreferencePair AGAINST = withMargin(-0.3);
    private static final PreferencePair FAR_AGAINST = withMargin(-4.0);

    @Test
    void aPairBelowTheLeastMarginIsQuarantinedOnlyWhereOneIsConfigured() throws Exception {
        try (Harness without = open(null, 0.5);
                Harness with = open(0.0, 0.5)) {
            for (PreferencePair pair : List.of(FOR, AGAINST, UNSCORED)) {
                without.take(pair);
                with.take(pair);
            }

            assertThat(without.extractOutputValues()).containsExactly(FOR, AGAINST, UNSCORED);
            assertThat(without.of(FinishPairs.QUARANTINED)).isEmpty();
            assertThat(with.extractOutputValues()).containsExactly(FOR, UNSCORED);
            assertThat(with.of(FinishPairs.QUARANTINED)).containsExactly(AGAINST);
            assertThat(with.of(Rejections.TAG))
                    .singleElement()
                    .satisfies(
                            rejection -> {
                                assertThat(rejection.getReason()).isEqualTo("margin-below-minimum");
                                assertThat(rejection.getDetail())
                                        .isEqualTo(
                                                "margin -0.3 by checkpoint release-1 is below"
                                                        + " validate.min-margin=0.0");
                                assertThat(rejection.getSample()).isEqualTo(Candidates.SMALLER);
                            });
        }
    }

    @Test
    void aPairWhoseLabelIsLikelyWrongIsQuarantinedWhole() throws Exception {
        // Odds 847 of a mutation over e: 0.997.
        try (Harness harness = open(null, 0.998)) {
            harness.take(UNSCORED);
            harness.take(FAR_AGAINST);

            assertThat(harness.extractOutputValues()).containsExactly(UNSCORED);
            assertThat(harness.of(FinishPairs.QUARANTINED)).containsExactly(FAR_AGAINST);
            assertThat(harness.of(Rejections.TAG))
                    .singleElement()
                    .satisfies(
                            rejection -> {
                                assertThat(rejection.getReason())
                                        .isEqualTo("confidence-below-minimum");
                                assertThat(rejection.getDetail())
                                        .startsWith("confidence 0.99")
                                        .endsWith("is below validate.min-confidence=0.998");
                            });
        }
    }

    @Test
    void whatIsExcludedMeanwhileLeavesNoTextBehind() throws Exception {
        try (Harness harness = open(0.0, 0.5)) {
            harness.tell(Either.Right(BenchmarkExamples.garbage()));
            harness.take(AGAINST);
            harness.tell(Either.Left(OptOutExamples.of(AGAINST.getCandidate().getRepository())));
            harness.take(AGAINST);
            harness.take(FOR);

            assertThat(harness.of(FinishPairs.QUARANTINED)).containsExactly(AGAINST);
            assertThat(harness.of(Rejections.TAG))
                    .extracting(Rejection::getReason)
                    .containsExactly("margin-below-minimum", "opted-out");
            assertThat(harness.of(Rejections.TAG).get(1).getSample()).isNull();
            // The last look is that of retract-pairs.
            assertThat(harness.extractOutputValues()).containsExactly(FOR);
        }
    }

    private static PreferencePair withMargin(Double margin) {
        PairAssembly assembly =
                new PairAssembly(
                        "test/1",
                        1,
                        new HoldoutSplit(0, HoldoutSplit.Unit.FILE),
                        new LabelConfidence(0.25, 0.7));
        PreferencePair draft = assembly.draft(Candidates.good(), List.of());
        return assembly.withMargin(
                draft,
                margin == null
                        ? MarginOutcome.skipped("no-model-yet")
                        : MarginOutcome.scored(new MarginScorer.Margin(margin, "release-1", 1)));
    }

    private static Harness open(Double minMargin, double minConfidence) throws Exception {
        Harness harness = new Harness(new LabelRules(null, null, minMargin, minConfidence));
        harness.setup(
                AvroType.forRecord(PreferencePair.class)
                        .createSerializer(new SerializerConfigImpl()));
        harness.open();
        return harness;
    }

    private static final class Harness
            extends TwoInputStreamOperatorTestHarness<
                    PreferencePair, Either<OptOut, Benchmark>, PreferencePair> {

        Harness(LabelRules rules) throws Exception {
            super(
                    new CoBroadcastWithNonKeyedOperator<>(
                            new FinishPairs(
                                    new Exclusions.Source(List::of, List.of(), List::of), rules),
                            List.of()));
        }

        void take(PreferencePair pair) throws Exception {
            processElement1(new StreamRecord<>(pair));
        }

        void tell(Either<OptOut, Benchmark> told) throws Exception {
            processElement2(new StreamRecord<>(told));
        }

        <T> List<T> of(OutputTag<T> tag) {
            var side = getSideOutput(tag);
            return side == null ? List.of() : side.stream().map(StreamRecord::getValue).toList();
        }
    }
}
