package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Puts a candidate before the checks, in their order, up to the first that refuses it. */
public final class Court {

    private final CodeReader reader;
    private final List<Check> checks;

    /**
     * @param checks in the order they are made: the cheap ones first
     */
    public Court(CodeReader reader, List<Check> checks) {
        this.reader = reader;
        this.checks = List.copyOf(checks);
    }

    /** Judges one candidate. */
    public Judgement judge(CandidatePair pair) {
        try (CandidateView view = new CandidateView(pair, reader)) {
            return judge(view);
        }
    }

    private Judgement judge(CandidateView view) {
        List<CheckResult> results = new ArrayList<>(checks.size());
        for (Check check : checks) {
            CheckResult result = check.judge(view);
            if (result instanceof CheckResult.Refused refused) {
                return new Judgement.Refused(check.name(), refused.reason(), refused.detail());
            }
            results.add(result);
        }
        List<CheckOutcome> outcomes = new ArrayList<>(checks.size());
        for (int i = 0; i < results.size(); i++) {
            checks.get(i).admitted(view, results.get(i));
            outcomes.add(outcome(checks.get(i), results.get(i)));
        }
        return new Judgement.Admitted(outcomes);
    }

    private static CheckOutcome outcome(Check check, CheckResult result) {
        CheckOutcome.Builder outcome = CheckOutcome.newBuilder().setCheck(check.name());
        if (result instanceof CheckResult.Passed passed) {
            outcome.setVerdict(Verdict.PASS).setValue(passed.value());
        } else if (result instanceof CheckResult.Failed failed) {
            outcome.setVerdict(Verdict.FAIL).setValue(failed.value()).setDetail(failed.detail());
        } else if (result instanceof CheckResult.Skipped skipped) {
            outcome.setVerdict(Verdict.SKIPPED).setDetail(skipped.why());
        }
        return outcome.build();
    }
}
