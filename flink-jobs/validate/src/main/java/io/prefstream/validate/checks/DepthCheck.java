package io.prefstream.validate.checks;

/**
 * No side is nested deeper than any person nests code. The value is the depth of the deeper side's
 * syntax tree, in nodes.
 */
public final class DepthCheck implements Check {

    private final int maxDepth;

    /**
     * @param maxDepth nodes from the root to the deepest token
     */
    public DepthCheck(int maxDepth) {
        this.maxDepth = maxDepth;
    }

    @Override
    public String name() {
        return "depth";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        int deepest = 0;
        for (Side side : Side.values()) {
            ReadCode code = candidate.code(side);
            if (!code.parsed()) {
                return new CheckResult.Skipped("no grammar for " + candidate.pair().getLanguage());
            }
            if (code.depth() > maxDepth) {
                return new CheckResult.Refused(
                        ValidateReason.TOO_DEEP,
                        "the syntax tree of %s is %,d nodes deep, which exceeds validate.max-depth=%,d"
                                .formatted(side, code.depth(), maxDepth));
            }
            deepest = Math.max(deepest, code.depth());
        }
        return new CheckResult.Passed((double) deepest);
    }
}
