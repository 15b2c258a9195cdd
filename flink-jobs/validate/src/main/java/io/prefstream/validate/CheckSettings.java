package io.prefstream.validate;

import io.prefstream.validate.checks.Measure;
import io.prefstream.validate.checks.TokenBudgetCheck.OverBudget;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate must hold to.
 *
 * @param contextTokens tokens of the context
 * @param tokenizer path of the tokenizer.json, null to count bytes
 * @param overBudget what becomes of a candidate over the context
 * @param maxSyntaxErrors syntax errors allowed on each side
 * @param minSimilarity least token similarity, inclusive
 * @param maxSimilarity greatest token similarity, exclusive
 * @param imbalanceLimit greatest distance from balance, in pairs
 * @param balanced what is kept in balance
 */
public record CheckSettings(
        int contextTokens,
        @Nullable String tokenizer,
        OverBudget overBudget,
        int maxSyntaxErrors,
        double minSimilarity,
        double maxSimilarity,
        long imbalanceLimit,
        List<Measure> balanced)
        implements Serializable {}
