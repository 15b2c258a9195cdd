package io.prefstream.validate.checks;

/**
 * No side is nested deeper than any person nests code. The value is the depth of the deeper side's
 * syntax tree, in nodes; none where both are too short to be deep. Cost: for the others a native
 * walk, 0.7 µs a node.
 */
public final class DepthCheck implements Check {

    /** Twice what any of the grammars nests at most for one more token. */
    private static final int NODES_PER_TOKEN = 2;

    private static final int NODES_AROUND_ALL = 20;

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
        if (!candidate.chosen().parsed()) {
            return new CheckResult.Skipped("no grammar for " + candidate.pair().getLanguage());
        }
        if (Math.max(bound(candidate.chosen()), bound(candidate.rejected())) <= maxDepth) {
            return new CheckResult.Passed(null);
        }
        int deepest = 0;
        for (Side side : Side.values()) {
            ReadCode code = candidate.code(side);
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

    /** More nodes than can stand above one another in these tokens. */
    private static int bound(ReadCode code) {
        int bound = NODES_AROUND_ALL;
        for (String token : code.tokens()) {
            boolean holdsCode = token.indexOf('{') > 0;
            bound += NODES_PER_TOKEN * (holdsCode ? token.length() : 1);
        }
        return bound;
    }
}
