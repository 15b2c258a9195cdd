package io.prefstream.validate.margin;

import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What the preference model said of one pair, or why it said nothing.
 *
 * @param margin reward of chosen minus reward of rejected, null where there is none
 * @param checkpointId the model that gave the margin, null where there is none
 * @param skipped why there is no margin, null where there is one
 */
public record MarginOutcome(
        @Nullable Double margin, @Nullable String checkpointId, @Nullable String skipped) {

    /** Name of the check on the pair. */
    public static final String CHECK = "margin";

    /** The model scored both sides. */
    public static MarginOutcome scored(double margin, String checkpointId) {
        return new MarginOutcome(margin, checkpointId, null);
    }

    /** The pair goes on without a margin. */
    public static MarginOutcome skipped(String why) {
        return new MarginOutcome(null, null, why);
    }

    /** As it stands on the pair: FAIL where the model does not prefer chosen. */
    public CheckOutcome asCheck() {
        CheckOutcome.Builder outcome = CheckOutcome.newBuilder().setCheck(CHECK);
        if (margin == null) {
            return outcome.setVerdict(Verdict.SKIPPED).setDetail(skipped).build();
        }
        outcome.setVerdict(margin > 0 ? Verdict.PASS : Verdict.FAIL).setValue(margin);
        if (margin <= 0) {
            outcome.setDetail("the model does not prefer chosen");
        }
        return outcome.build();
    }
}
