package io.prefstream.validate.checks;

import io.prefstream.schemas.CandidatePair;
import java.util.Arrays;
import java.util.Locale;

/**
 * Each side fits into the model's context together with the instruction and the end token.
 *
 * <p>A trainer that cuts (ours doesn't, it skips such pairs) would cut both sides at the same
 * place, and where the instruction alone fills the context the two become equal: a pair without
 * information and with a label. Where truncation is allowed, that is what is tested for. The value
 * is the token count of the longer side.
 */
public final class TokenBudgetCheck implements Check {

    /** What becomes of a candidate that is over the budget. */
    public enum OverBudget {
        /** It is refused. */
        REJECT,
        /** It is kept for readers that cut, and refused only if that makes both sides equal. */
        TRUNCATE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final TokenEncoder encoder;
    private final int contextTokens;
    private final OverBudget policy;

    /**
     * @param contextTokens tokens of the context, the end token included
     */
    public TokenBudgetCheck(TokenEncoder encoder, int contextTokens, OverBudget policy) {
        this.encoder = encoder;
        this.contextTokens = contextTokens;
        this.policy = policy;
    }

    @Override
    public String name() {
        return "token-budget";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        CandidatePair pair = candidate.pair();
        int[] chosen = encoder.encode(pair.getInstruction(), pair.getChosen().getText());
        int[] rejected = encoder.encode(pair.getInstruction(), pair.getRejected().getText());
        int longer = Math.max(chosen.length, rejected.length);
        if (longer <= contextTokens) {
            return new CheckResult.Passed((double) longer);
        }
        if (policy == OverBudget.REJECT) {
            return new CheckResult.Refused(
                    ValidateReason.OVER_TOKEN_BUDGET,
                    "%s with instruction and end is %,d tokens, which exceeds validate.context-tokens=%,d"
                            .formatted(
                                    chosen.length >= rejected.length ? "chosen" : "rejected",
                                    longer,
                                    contextTokens));
        }
        if (Arrays.equals(truncated(chosen), truncated(rejected))) {
            return new CheckResult.Refused(
                    ValidateReason.IDENTICAL_AFTER_TRUNCATION,
                    "the first %,d of %,d tokens of both sides are equal (validate.context-tokens=%,d)"
                            .formatted(contextTokens - 1, longer, contextTokens));
        }
        return new CheckResult.Passed((double) longer);
    }

    /** Cut before the end token, which always stays. */
    private int[] truncated(int[] ids) {
        if (ids.length <= contextTokens) {
            return ids;
        }
        int[] cut = Arrays.copyOf(ids, contextTokens);
        cut[contextTokens - 1] = ids[ids.length - 1];
        return cut;
    }
}
