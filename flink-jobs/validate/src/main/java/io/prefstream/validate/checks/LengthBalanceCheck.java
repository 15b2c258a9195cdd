package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Keeps length from giving the label away.
 *
 * <p>Per group (the sides of the split, each of which is trained on or measured alone) one running
 * number is kept: pairs with the longer side chosen minus pairs with the longer side rejected. A
 * pair that would take it further from zero than the limit is refused; pairs of equal length always
 * pass. So in <i>any</i> stretch of n admitted pairs of unequal length "the longer one is better"
 * (or its opposite) is right for at most n/2 + limit of them, whatever the source does; a source
 * without bias loses about 1 in 2·limit + 1 of its unequal pairs. Lengths are in code points. The
 * value is the difference of the lengths.
 *
 * <p>One instance per subtask: the stream's bound is the limit times the parallelism. It must be
 * the last check, as what it admits is taken as admitted. Not thread-safe.
 */
public final class LengthBalanceCheck implements Check {

    private final long limit;
    private final Function<CandidatePair, String> group;
    private final Map<String, Long> balances = new TreeMap<>();

    /**
     * @param limit greatest distance from balance, in pairs, at least 1
     * @param group names the group that a candidate is balanced in
     */
    public LengthBalanceCheck(long limit, Function<CandidatePair, String> group) {
        this.limit = limit;
        this.group = group;
    }

    @Override
    public String name() {
        return "length-balance";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        CandidatePair pair = candidate.pair();
        int difference = length(pair.getChosen().getText()) - length(pair.getRejected().getText());
        int direction = Integer.signum(difference);
        String name = group.apply(pair);
        long balance = balances.getOrDefault(name, 0L);
        long next = balance + direction;
        if (Math.abs(next) > limit && Math.abs(next) > Math.abs(balance)) {
            return new CheckResult.Refused(
                    ValidateReason.LENGTH_IMBALANCE,
                    ("chosen is %,d characters %s; among the pairs admitted to %s the longer side"
                         + " leads by %,d as %s, and validate.length-imbalance-limit=%,d")
                            .formatted(
                                    Math.abs(difference),
                                    direction > 0 ? "longer" : "shorter",
                                    name,
                                    Math.abs(balance),
                                    direction > 0 ? "chosen" : "rejected",
                                    limit));
        }
        if (direction != 0) {
            balances.put(name, next);
        }
        return new CheckResult.Passed((double) difference);
    }

    /** The running number of each group, for the checkpoint. */
    public Map<String, Long> balances() {
        return Map.copyOf(balances);
    }

    /** Adds a part of a restored running number; after rescaling a subtask may get several. */
    public void restore(String group, long balance) {
        balances.merge(group, balance, Long::sum);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
