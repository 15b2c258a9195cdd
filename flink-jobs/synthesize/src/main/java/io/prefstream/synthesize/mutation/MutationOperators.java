package io.prefstream.synthesize.mutation;

import java.util.List;

/** All operators, in a fixed order: a seed picks by position. */
final class MutationOperators {

    /** Both sides hold the same tokens in another order. */
    static final List<MutationOperator> NEUTRAL =
            List.of(
                    new SwapVariables(),
                    new SwapOperands(),
                    new SwapArguments(),
                    new SwapOperators(),
                    new SwapLiterals(),
                    new SwapReturnedValues(),
                    new SwapStatements(),
                    SwapBranches.ofStatements(),
                    SwapBranches.ofExpressions(),
                    new SwapConditions(),
                    new MoveGuard());

    /** One token gives way to another; balanced by {@link SubstitutionRates}. */
    static final List<MutationOperator> SUBSTITUTIONS =
            List.of(
                    ReplaceToken.comparisonBoundary(),
                    ReplaceToken.equality(),
                    ReplaceToken.connective(),
                    ReplaceToken.offByOne(),
                    ReplaceToken.zeroOne(),
                    ReplaceToken.booleanLiteral(),
                    ReplaceToken.increment(),
                    new NegateCondition(),
                    new DropCheck());

    private MutationOperators() {}
}
