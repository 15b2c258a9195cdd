package io.prefstream.synthesize.kinds;

import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeKind;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.synthesize.kinds.CodeFeatures.Feature;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A logistic model over {@link CodeFeatures}, that needs no language model. What it was fitted to
 * and how often it is right stands in docs/synthesize.md.
 */
public final class HeuristicClassifier implements CodeClassifier {

    /** What signs its judgement: a new number when a weight changes. */
    public static final String NAME = "heuristic/1";

    private static final double BIAS = 0.189;

    /** Of a feature's value: more than 0 speaks for engineering code. */
    private static final Map<Feature, Double> WEIGHTS =
            Map.ofEntries(
                    Map.entry(Feature.LOOPS, -0.489),
                    Map.entry(Feature.ARITHMETIC, -0.131),
                    Map.entry(Feature.ORDER, -0.137),
                    Map.entry(Feature.ELEMENTS, -0.068),
                    Map.entry(Feature.NUMBERS, -0.092),
                    Map.entry(Feature.TEXTS, 0.087),
                    Map.entry(Feature.CALLS, -0.029),
                    Map.entry(Feature.ANNOTATIONS, -0.151),
                    Map.entry(Feature.EXCEPTIONS, -0.028),
                    Map.entry(Feature.SELF, 0.025),
                    Map.entry(Feature.NULLS, -0.056),
                    Map.entry(Feature.ALGORITHM_WORDS, -0.126),
                    Map.entry(Feature.SYSTEM_WORDS, 0.269),
                    Map.entry(Feature.LENGTH, 0.035));

    @Override
    public CompletableFuture<Optional<CodeClass>> classify(
            CodeSnippet snippet, long seed, RetryBudget budget) {
        return CompletableFuture.completedFuture(classify(snippet));
    }

    /** What it is for, at once. */
    static Optional<CodeClass> classify(CodeSnippet snippet) {
        return Language.ofCode(snippet.getLanguage())
                .map(
                        language -> {
                            double engineering =
                                    engineering(CodeFeatures.of(language, snippet.getText()));
                            return codeClass(engineering, NAME);
                        });
    }

    /** The probability that code with these features is engineering code. */
    static double engineering(CodeFeatures features) {
        double sum = BIAS;
        for (Map.Entry<Feature, Double> weight : WEIGHTS.entrySet()) {
            sum += weight.getValue() * features.get(weight.getKey());
        }
        return 1 / (1 + Math.exp(-sum));
    }

    /** The likelier kind. */
    static CodeClass codeClass(double engineering, String classifier) {
        return new CodeClass(
                engineering >= 0.5 ? CodeKind.ENGINEERING : CodeKind.NON_ENGINEERING,
                Math.max(engineering, 1 - engineering),
                classifier);
    }
}
