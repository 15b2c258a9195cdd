package io.prefstream.validate;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.validate.checks.CheckResult;
import io.prefstream.validate.checks.ValidateReason;
import io.prefstream.validate.execution.ExecutionRule;
import io.prefstream.validate.judge.JudgeRule;
import java.io.Serializable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a pair by what tests, judges and the preference model said of its label.
 *
 * @param execution refuses by tests, null where none are run
 * @param judge doubts by votes, null where nobody votes
 * @param minMargin doubts smaller margins, null to doubt none
 * @param minConfidence doubts smaller confidence
 */
public record LabelRules(
        @Nullable ExecutionRule execution,
        @Nullable JudgeRule judge,
        @Nullable Double minMargin,
        double minConfidence)
        implements Serializable {

    /** Why the label is wrong or says nothing. */
    Optional<CheckResult.Refused> refusal(PreferencePair pair) {
        return Optional.ofNullable(execution).flatMap(rule -> rule.refusal(pair.getChecks()));
    }

    /** Why the label may be wrong. */
    Optional<CheckResult.Refused> doubt(PreferencePair pair) {
        return Optional.ofNullable(judge)
                .flatMap(rule -> rule.doubt(pair.getChecks()))
                .or(() -> byMargin(pair))
                .or(() -> byConfidence(pair));
    }

    private Optional<CheckResult.Refused> byMargin(PreferencePair pair) {
        Double margin = pair.getMargin();
        return minMargin == null || margin == null || margin >= minMargin
                ? Optional.empty()
                : Optional.of(
                        new CheckResult.Refused(
                                ValidateReason.MARGIN_BELOW_MINIMUM,
                                "margin %s by checkpoint %s is below validate.min-margin=%s"
                                        .formatted(margin, pair.getMarginModel(), minMargin)));
    }

    private Optional<CheckResult.Refused> byConfidence(PreferencePair pair) {
        return pair.getConfidence() >= minConfidence
                ? Optional.empty()
                : Optional.of(
                        new CheckResult.Refused(
                                ValidateReason.CONFIDENCE_BELOW_MINIMUM,
                                "confidence %s is below validate.min-confidence=%s"
                                        .formatted(pair.getConfidence(), minConfidence)));
    }
}
