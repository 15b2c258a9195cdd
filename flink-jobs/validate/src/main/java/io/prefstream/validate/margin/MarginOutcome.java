package io.prefstream.validate.margin;

import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What the preference model said of one pair, or why it said nothing.
 *
 * @param scored the margin, null where there is none
 * @param skipped why there is no margin, null where there is one
 */
public record MarginOutcome(MarginScorer.@Nullable Margin scored, @Nullable String skipped) {

    /** Name of the check on the pair. */
    public static final String CHECK = "margin";

    private static final String NOT_CHOSEN = "the model does not prefer chosen";

    /** What is needed to work out the confidence again. */
    private static final String SCALE = " (log-odds are %s times the margin)";

    /** The model scored both sides. */
    public static MarginOutcome scored(MarginScorer.Margin margin) {
        return new MarginOutcome(margin, null);
    }

    /** The pair goes on without a margin. */
    public static MarginOutcome skipped(String why) {
        return new MarginOutcome(null, why);
    }

    /** As it stands on the pair: FAIL where the model does not prefer chosen. */
    public CheckOutcome asCheck() {
        CheckOutcome.Builder outcome = CheckOutcome.newBuilder().setCheck(CHECK);
        if (scored == null) {
            return outcome.setVerdict(Verdict.SKIPPED).setDetail(skipped).build();
        }
        boolean prefersChosen = scored.value() > 0;
        outcome.setVerdict(prefersChosen ? Verdict.PASS : Verdict.FAIL).setValue(scored.value());
        String scale = scored.scale() == 1 ? "" : SCALE.formatted(scored.scale());
        String detail = prefersChosen ? scale : NOT_CHOSEN + scale;
        return outcome.setDetail(detail.isEmpty() ? null : detail.strip()).build();
    }
}
