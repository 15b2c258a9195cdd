package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.jobs.common.Rejections;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.Verdict;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.validate.admission.AdmissionSettings;
import io.prefstream.validate.admission.QuotaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AdmitPairsTest {

    private static final Duration EXPIRY = Duration.ofDays(90);
    private static final QuotaSettings NO_QUOTA = new QuotaSettings(Map.of(), Map.of(), 10);
    private static final QuotaSettings JAVA_HALF =
            new QuotaSettings(Map.of("java", 0.5), Map.of(), 10);

    private static final CandidatePair ORIGINAL = Candidates.good();
    private static final CandidatePair COPY =
            Candidates.java(Candidates.LARGER, Candidates.SMALLER + " // copied");
    private static final CandidatePair PYTHON =
            Candidates.python("def f(a): return a", "def f(a): return -a");

    @Test
    void aCopyIsRefusedAndNamesItsOriginal() throws Exception {
        try (Harness harness = open(NO_QUOTA, EXPIRY, null)) {
            assertThat(harness.admits(ORIGINAL)).isTrue();
            assertThat(harness.admits(COPY)).isFalse();
            assertThat(harness.rejections())
                    .singleElement()
                    .satisfies(
                            rejection -> {
                                assertThat(rejection.getReason()).isEqualTo("near-duplicate-pair");
                                assertThat(rejection.getInputId()).isEqualTo(COPY.getId());
                                assertThat(rejection.getDetail()).contains(ORIGINAL.getId());
                            });
        }
    }

    @Test
    void aPairThatComesAgainUnderItsOwnIdPasses() throws Exception {
        try (Harness harness = open(JAVA_HALF, EXPIRY, null)) {
            harness.admits(PYTHON);
            assertThat(harness.admits(ORIGINAL)).isTrue();
            assertThat(harness.admits(ORIGINAL)).isTrue();
            assertThat(harness.rejections()).isEmpty();
        }
    }

    @Test
    void aCopyPassesWhenTheOriginalHasExpired() throws Exception {
        try (Harness harness = open(NO_QUOTA, EXPIRY, null)) {
            harness.admits(ORIGINAL);
            harness.setStateTtlProcessingTime(EXPIRY.toMillis() - 1);
            assertThat(harness.admits(COPY)).isFalse();
            harness.setStateTtlProcessingTime(EXPIRY.toMillis());
            assertThat(harness.admits(COPY)).isTrue();
        }
    }

    @Test
    void aCopyPassesWhereNearDuplicatesAreLetPass() throws Exception {
        try (Harness harness = open(NO_QUOTA, null, null)) {
            assertThat(harness.admits(ORIGINAL)).isTrue();
            assertThat(harness.admits(COPY)).isTrue();
        }
    }

    @Test
    void whatIsOverItsQuotaIsNobodysOriginal() throws Exception {
        try (Harness harness = open(JAVA_HALF, EXPIRY, null)) {
            harness.admits(PYTHON);
            harness.admits(Candidates.number(1));
            assertThat(harness.admits(ORIGINAL)).isFalse();
            assertThat(harness.rejections())
                    .extracting(Rejection::getReason)
                    .containsExactly("over-quota");

            harness.admits(Candidates.python("def g(a): return a", "def g(a): return -a"));
            assertThat(harness.admits(COPY)).isTrue();
        }
    }

    @Test
    void aNearDuplicateTakesNobodysShare() throws Exception {
        try (Harness harness = open(JAVA_HALF, EXPIRY, null)) {
            harness.admits(PYTHON);
            harness.admits(ORIGINAL);
            harness.admits(COPY);
            harness.admits(Candidates.python("def g(a): return a", "def g(a): return -a"));
            assertThat(harness.admits(Candidates.number(1))).isTrue();
        }
    }

    @Test
    void aCheckpointBringsBackBothMemories() throws Exception {
        OperatorSubtaskState checkpoint;
        try (Harness harness = open(JAVA_HALF, EXPIRY, null)) {
            harness.admits(PYTHON);
            harness.admits(ORIGINAL);
            checkpoint = harness.snapshot(1, 1);
        }
        try (Harness harness = open(JAVA_HALF, EXPIRY, checkpoint)) {
            harness.admits(COPY);
            harness.admits(Candidates.number(1));
            assertThat(harness.rejections())
                    .extracting(Rejection::getReason)
                    .containsExactly("near-duplicate-pair", "over-quota");
        }
    }

    @Test
    void whatIsSwitchedOnIsOnTheRecordAndTheSameWhenThePairComesAgain() throws Exception {
        try (Harness both = open(JAVA_HALF, EXPIRY, null);
                Harness none = open(NO_QUOTA, null, null)) {
            both.admits(ORIGINAL);
            both.admits(ORIGINAL);
            none.admits(ORIGINAL);

            List<PreferencePair> pairs = both.extractOutputValues();
            assertThat(pairs.get(0).getChecks())
                    .extracting(CheckOutcome::getCheck, CheckOutcome::getVerdict)
                    .containsExactly(
                            tuple("near-duplicate", Verdict.PASS), tuple("quota", Verdict.PASS));
            assertThat(pairs.get(1)).isEqualTo(pairs.get(0));
            assertThat(none.extractOutputValues().get(0).getChecks()).isEmpty();
        }
    }

    private static Harness open(
            QuotaSettings quotas, Duration expiry, OperatorSubtaskState checkpoint)
            throws Exception {
        Harness harness = new Harness(new AdmissionSettings(quotas, expiry));
        harness.setup(
                AvroType.forRecord(PreferencePair.class)
                        .createSerializer(new SerializerConfigImpl()));
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
        return harness;
    }

    private static final class Harness
            extends KeyedOneInputStreamOperatorTestHarness<String, FormedPair, PreferencePair> {

        private static final PairAssembly ASSEMBLY =
                new PairAssembly(
                        "test/1",
                        1,
                        new HoldoutSplit(0, HoldoutSplit.Unit.FILE),
                        new LabelConfidence(0, 0.7));

        Harness(AdmissionSettings settings) throws Exception {
            super(
                    new KeyedProcessOperator<>(new AdmitPairs(settings)),
                    FormedPair::form,
                    Types.STRING);
        }

        boolean admits(CandidatePair candidate) throws Exception {
            int before = extractOutputValues().size();
            processElement(new StreamRecord<>(FormedPair.of(ASSEMBLY.draft(candidate, List.of()))));
            return extractOutputValues().size() > before;
        }

        List<Rejection> rejections() {
            var refused = getSideOutput(Rejections.TAG);
            return refused == null
                    ? List.of()
                    : refused.stream().map(StreamRecord::getValue).toList();
        }
    }
}
