package io.prefstream.synthesize.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeKind;
import org.junit.jupiter.api.Test;

class ModelClassifierTest {

    @Test
    void labelAndConfidenceAreReadInWhateverTheyAreWrapped() {
        assertThat(ModelClassifier.judgement("engineering 0.8", "m"))
                .contains(new CodeClass(CodeKind.ENGINEERING, 0.8, "m"));
        assertThat(ModelClassifier.judgement("**Non-Engineering**: 1\n", "m"))
                .contains(new CodeClass(CodeKind.NON_ENGINEERING, 1.0, "m"));
        assertThat(
                        ModelClassifier.judgement(
                                "{\"kind\": \"non-engineering\", \"x\": 0} or non-engineering,"
                                        + " 0.55.",
                                "m"))
                .contains(new CodeClass(CodeKind.NON_ENGINEERING, 0.55, "m"));
    }

    @Test
    void whatSaysNoKindOrNoConfidenceFromZeroToOneIsNoJudgement() {
        assertThat(ModelClassifier.judgement("It depends.", "m")).isEmpty();
        assertThat(ModelClassifier.judgement("engineering", "m")).isEmpty();
        assertThat(ModelClassifier.judgement("engineering 8", "m")).isEmpty();
        assertThat(ModelClassifier.judgement("engineering 80%", "m")).isEmpty();
        assertThat(ModelClassifier.judgement("reengineering 0.9", "m")).isEmpty();
    }
}
