package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

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

    private final double neutralShare;
    private final int maxEdits;
    private final Map<Language, SubstitutionRates> rates = new EnumMap<>(Language.class);

    Mutator(double neutralShare, int maxEdits) {
        this.neutralShare = neutralShare;
        this.maxEdits = maxEdits;
        for (Language language : Language.values()) {
            rates.put(language, SubstitutionRates.of(language));
        }
    }

    Outcome mutate(Language language, String text, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            if (tree.hasErrors()) {
                return new Unparseable();
            }
            FunctionCode code = FunctionCode.of(tree);
            List<List<Edit>> sites = sites(code, random);
            if (sites.isEmpty()) {
                return new NoSite();
            }
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                List<Edit> edits = choose(sites, 1 + random.nextInt(maxEdits), random);
                String mutated = Edit.apply(text, edits);
                if (differs(text, mutated) && parses(language, mutated)) {
                    return new Mutated(mutated, edits);
                }
            }
            return new Broken(ATTEMPTS);
        }
    }

    /** The sites of each operator that has any, of the kind that the seed draws. */
    private List<List<Edit>> sites(FunctionCode code, SplittableRandom random) {
        boolean neutral = random.nextDouble() < neutralShare;
        if (!neutral) {
            List<List<Edit>> allowed = new ArrayList<>();
            for (List<Edit> sites : bySites(MutationOperators.SUBSTITUTIONS, code)) {
                List<Edit> some =
                        sites.stream().filter(edit -> isAllowed(code, edit, random)).toList();
                if (!some.isEmpty()) {
                    allowed.add(some);
                }
            }
            if (!allowed.isEmpty() || neutralShare == 0) {
                return allowed;
            }
        }
        return bySites(MutationOperators.NEUTRAL, code);
    }

    private static List<List<Edit>> bySites(List<MutationOperator> operators, FunctionCode code) {
        List<List<Edit>> result = new ArrayList<>();
        for (MutationOperator operator : operators) {
            List<Edit> sites = operator.sites(code);
            if (!sites.isEmpty()) {
                result.add(sites);
            }
        }
        return result;
    }

    private boolean isAllowed(FunctionCode code, Edit edit, SplittableRandom random) {
        Substitution what = edit.substitution();
        SubstitutionRates known = rates.get(code.language());
        return what == null || known == null || random.nextDouble() < known.rate(what);
    }

    /**
     * Draws an operator, then one of its sites, until there are enough edits that don't overlap.
     */
    private static List<Edit> choose(List<List<Edit>> sites, int count, SplittableRandom random) {
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
