package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Makes one to a few seeded edits in a function.
 *
 * <p>Cost: one parse of the function, one walk per operator, one parse of the result. The random
 * numbers are a {@link SplittableRandom}'s, whose algorithm is part of the Java specification's
 * documentation and has not changed since Java 8: the same text and seed give the same bytes.
 */
final class Mutator {

    /** Times a result that doesn't parse is thrown away before the function is given up. */
    private static final int ATTEMPTS = 4;

    /** What came out. */
    sealed interface Outcome {}

    /** The function with the edits made, in source order. */
    record Mutated(String text, List<Edit> edits) implements Outcome {}

    /** The function itself doesn't parse. */
    record Unparseable() implements Outcome {}

    /** No operator applies anywhere. */
    record NoSite() implements Outcome {}

    /** No attempt gave something that parses. */
    record Broken(int attempts) implements Outcome {}

    /** Where operators apply: for each that does anywhere, its sites. */
    @FunctionalInterface
    interface Sites {
        List<List<Edit>> of(List<MutationOperator> operators);
    }

    private final double neutralShare;
    private final int maxEdits;
    private final Function<Language, SubstitutionRates> rates;

    /**
     * @param neutralShare share in [0, 1] that only reorders tokens; where nothing of the drawn
     *     kind is possible the other kind is taken, unless the share is 0 or 1
     * @param maxEdits most edits, at least 1
     */
    Mutator(double neutralShare, int maxEdits, Function<Language, SubstitutionRates> rates) {
        this.neutralShare = neutralShare;
        this.maxEdits = maxEdits;
        this.rates = rates;
    }

    Outcome mutate(Language language, String text, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            if (tree.hasErrors()) {
                return new Unparseable();
            }
            FunctionCode code = FunctionCode.of(tree);
            List<List<Edit>> possible =
                    possible(language, operators -> sites(operators, code), random);
            if (possible.isEmpty()) {
                return new NoSite();
            }
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                List<Edit> edits = choose(possible, random);
                String mutated = Edit.apply(text, edits);
                if (differs(text, mutated) && parses(language, mutated)) {
                    return new Mutated(mutated, edits);
                }
            }
            return new Broken(ATTEMPTS);
        }
    }

    /** The sites that may be chosen from, of the kind that is drawn; empty if there are none. */
    List<List<Edit>> possible(Language language, Sites sites, SplittableRandom random) {
        boolean neutral = random.nextDouble() < neutralShare;
        List<List<Edit>> drawn = ofKind(neutral, language, sites, random);
        return drawn.isEmpty() && neutralShare > 0 && neutralShare < 1
                ? ofKind(!neutral, language, sites, random)
                : drawn;
    }

    private List<List<Edit>> ofKind(
            boolean neutral, Language language, Sites sites, SplittableRandom random) {
        if (neutral) {
            return sites.of(MutationOperators.NEUTRAL);
        }
        SubstitutionRates known = rates.apply(language);
        List<List<Edit>> allowed = new ArrayList<>();
        for (List<Edit> all : sites.of(MutationOperators.SUBSTITUTIONS)) {
            List<Edit> some =
                    all.stream()
                            .filter(edit -> random.nextDouble() < known.rate(edit.substitution()))
                            .toList();
            if (!some.isEmpty()) {
                allowed.add(some);
            }
        }
        return allowed;
    }

    /** The sites of each operator that has any. */
    static List<List<Edit>> sites(List<MutationOperator> operators, FunctionCode code) {
        List<List<Edit>> result = new ArrayList<>();
        for (MutationOperator operator : operators) {
            List<Edit> sites = operator.sites(code);
            if (!sites.isEmpty()) {
                result.add(sites);
            }
        }
        return result;
    }

    /**
     * Draws a number of edits, and for each an operator and one of its sites, as far as they don't
     * overlap.
     */
    List<Edit> choose(List<List<Edit>> sites, SplittableRandom random) {
        int count = 1 + random.nextInt(maxEdits);
        List<Edit> chosen = new ArrayList<>();
        for (int draw = 0; draw < 3 * count && chosen.size() < count; draw++) {
            List<Edit> operatorSites = sites.get(random.nextInt(sites.size()));
            Edit edit = operatorSites.get(random.nextInt(operatorSites.size()));
            if (chosen.stream().noneMatch(edit::overlaps)) {
                chosen.add(edit);
            }
        }
        chosen.sort(
                (a, b) ->
                        Integer.compare(
                                a.replacements().get(0).start(), b.replacements().get(0).start()));
        return chosen;
    }

    private static boolean differs(String a, String b) {
        return !a.replaceAll("\\s+", " ").strip().equals(b.replaceAll("\\s+", " ").strip());
    }

    private static boolean parses(Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            return !tree.hasErrors();
        }
    }
}
