package io.prefstream.validate;

import io.prefstream.validate.checks.Measure;
import io.prefstream.validate.checks.TokenBudgetCheck.OverBudget;
import io.prefstream.validate.checks.ValidateReason;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate must hold to.
 *
 * @param contextTokens tokens of the context
 * @param tokenizer path of the tokenizer.json, null to count bytes
 * @param overBudget what becomes of a candidate over the context
 * @param maxLoopShare greatest share of a side's words in one loop
 * @param maxSyntaxErrors syntax errors allowed on each side
 * @param maxDepth greatest depth of a side's syntax tree, in nodes
 * @param minSimilarity least token similarity, inclusive
 * @param maxSimilarity greatest token similarity, exclusive
 * @param maxUndefinedNames names out of nowhere that the chosen side may use, null for any number
 * @param refused which of the findings that can be switched on and off refuse a pair
 * @param imbalanceLimit greatest distance from balance, in pairs
 * @param balanced what is kept in balance
 */
public record CheckSettings(
        int contextTokens,
        @Nullable String tokenizer,
        OverBudget overBudget,
        double maxLoopShare,
        int maxSyntaxErrors,
        int maxDepth,
        double minSimilarity,
        double maxSimilarity,
        @Nullable Integer maxUndefinedNames,
        Set<ValidateReason> refused,
        long imbalanceLimit,
        List<Measure> balanced)
        implements Serializable {}
