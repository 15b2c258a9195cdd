package io.prefstream.validate.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prefstream.schemas.CandidatePair;

/** What one check says about one pair. */
final class Judged {

    private static final CodeReader READER = new CodeReader();

    private Judged() {}

    static CheckResult judge(Check check, CandidatePair pair) {
        try (CandidateView view = new CandidateView(pair, READER)) {
            return check.judge(view);
        }
    }

    static void assertPassed(Check check, CandidatePair pair) {
        assertThat(judge(check, pair)).isInstanceOf(CheckResult.Passed.class);
    }

    static void assertRefused(
            Check check, CandidatePair pair, ValidateReason reason, String detail) {
        assertThat(judge(check, pair))
                .asInstanceOf(type(CheckResult.Refused.class))
                .satisfies(
                        refused -> {
                            assertThat(refused.reason()).isEqualTo(reason);
                            assertThat(refused.detail()).contains(detail);
                        });
    }
}
