package io.prefstream.validate.judge;

import io.prefstream.schemas.CheckOutcome;
import io.prefstream.schemas.Verdict;
import java.util.Optional;

/**
 * What a judge says of a pair that it was shown twice, each side once as the first.
 *
 * <p>A side has the vote if it is called better in both orders; a judge that goes by the place
 * calls them equal (MT-Bench, arXiv 2306.05685, section 3.4).
 *
 * @param value 1 for chosen, -1 for rejected, 0 for neither
 * @param why in words, with the judge's name
 */
record Vote(double value, String why) {

    /** Name of the check: a wire value. */
    static final String CHECK = "judge-vote";

    /**
     * @param chosenFirst what was said with chosen as answer A; empty where nothing was
     * @param rejectedFirst what was said with rejected as answer A
     * @return empty if one of them said nothing
     */
    static Optional<Vote> of(
            String judge, Optional<Preferred> chosenFirst, Optional<Preferred> rejectedFirst) {
        if (chosenFirst.isEmpty() || rejectedFirst.isEmpty()) {
            return Optional.empty();
        }
        int first = chosenFirst.get().sign();
        int second = -rejectedFirst.get().sign();
        if (first == second) {
            String side = first > 0 ? "chosen" : first < 0 ? "rejected" : "neither";
            return Optional.of(new Vote(first, side + ", by " + judge));
        }
        return Optional.of(
                new Vote(0, "neither: it changes with the order of the sides, by " + judge));
    }

    /** As it stands on the pair: FAIL where it is not for chosen. */
    CheckOutcome asCheck() {
        return CheckOutcome.newBuilder()
                .setCheck(CHECK)
                .setVerdict(value > 0 ? Verdict.PASS : Verdict.FAIL)
                .setValue(value)
                .setDetail(why)
                .build();
    }

    /** A vote that was asked for and not given. */
    static CheckOutcome abstained(String why) {
        return CheckOutcome.newBuilder()
                .setCheck(CHECK)
                .setVerdict(Verdict.SKIPPED)
                .setDetail(why)
                .build();
    }
}
