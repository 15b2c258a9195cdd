package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Keeps a {@link Measure} of the sides, such as their length, from giving the label away.
 *
 * <p>Per group (the sides of the split, each of which is trained on or measured alone) one running
 * number is kept: pairs with the greater side chosen minus pairs with the greater side rejected. A
 * pair that would take it further from zero than the limit is refused; pairs with equal sides
 * always pass. So in <i>any</i> stretch of n pairs with unequal sides that pass the checks "the
 * greater one is better" (or its opposite) is right for at most n/2 + limit of them, whatever the
 * source does; of those that are refused later (by tests, votes, margin or confidence, as
 * near-duplicates, over quota, by opt-outs) nothing is taken back here, so that among accepted
 * pairs it may be right for as many more as were refused in the other direction. A source without
 * bias loses about 1 in 2·limit + 1 of its unequal pairs, one where the greater side is chosen with
 * probability p loses |2p - 1|. The value is the chosen side's measure minus the rejected one's.
 *
 * <p>One instance per subtask: the stream's bound is the limit times the parallelism. Not
 * thread-safe.
 */
public final class BalanceCheck implements Check {

    private final Measure measure;
    private final long limit;
    private final Function<CandidatePair, String> group;
    private final Map<String, Long> balances = new TreeMap<>();

    /**
     * @param limit greatest distance from balance, in pairs, at least 1
     * @param group names the group that a candidate is balanced in
     */
    public BalanceCheck(Measure measure, long limit, Function<CandidatePair, String> group) {
        this.measure = measure;
        this.limit = limit;
        this.group = group;
    }

    @Override
    public String name() {
        return name(measure);
    }

    /** Name of the check that balances a measure; its value is the measure's difference. */
    public static String name(Measure measure) {
        return measure.code() + "-balance";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        CandidatePair pair = candidate.pair();
        double difference = measure.difference(pair);
        String name = group.apply(pair);
        long balance = balances.getOrDefault(name, 0L);
        long next = balance + (long) Math.signum(difference);
        if (Math.abs(next) > limit && Math.abs(next) > Math.abs(balance)) {
            return new CheckResult.Refused(
                    measure.imbalance(),
                    "%s of chosen minus rejected is %s; among the pairs admitted to %s the greater side leads by %,d as %s, and validate.imbalance-limit=%,d"
                            .formatted(
                                    measure.code(),
                                    measure.format(difference),
                                    name,
                                    Math.abs(balance),
                                    difference > 0 ? "chosen" : "rejected",
                                    limit));
        }
        return new CheckResult.Passed(difference);
    }

    @Override
    public void admitted(CandidateView candidate, CheckResult result) {
        if (result instanceof CheckResult.Passed passed
                && passed.value() != null
                && passed.value() != 0) {
            long direction = (long) Math.signum(passed.value());
            balances.merge(group.apply(candidate.pair()), direction, Long::sum);
        }
    }

    /** The running number of each group, for the checkpoint. */
    public Map<String, Long> balances() {
        return Map.copyOf(balances);
    }

    /** Adds a part of a restored running number; after rescaling a subtask may get several. */
    public void restore(String group, long balance) {
        balances.merge(group, balance, Long::sum);
    }
}
