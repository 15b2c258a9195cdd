package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.CodeSnippet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Finds {@link SubstitutionRates} on published code and prints the table: draws mutations of every
 * function, counts the traffic of each substitution, allows the busier direction of each pair less
 * often, and again.
 *
 * <p>Usage: {@code CalibrateSubstitutions LANGUAGE NEUTRAL-SHARE MAX-EDITS JAR-OR-FOLDER…}
 */
final class CalibrateSubstitutions {

    private static final int ROUNDS = 12;
    private static final int DRAWS = 20;

    /** A direction whose reverse is hardly ever possible. */
    private static final double LEAST = 1e-3;

    private CalibrateSubstitutions() {}

    public static void main(String[] args) throws IOException {
        Language language = Language.ofCode(args[0]).orElseThrow();
        PublishedCode code = new PublishedCode();
        for (String path : Arrays.asList(args).subList(3, args.length)) {
            code.read(Path.of(path));
        }
        List<Mutator.Sites> functions = new ArrayList<>();
        for (CodeSnippet snippet : code.snippets()) {
            if (snippet.getLanguage().equals(language.code())) {
                functions.add(sites(language, snippet.getText()));
            }
        }
        Map<Substitution, Double> rates = new HashMap<>();
        functions.stream()
                .flatMap(sites -> sites.of(MutationOperators.SUBSTITUTIONS).stream())
                .flatMap(List::stream)
                .forEach(edit -> rates.put(edit.substitution(), 1.0));
        Map<Substitution, Long> traffic = Map.of();
        for (int round = 0; round < ROUNDS; round++) {
            SubstitutionRates current = new SubstitutionRates(rates);
            Mutator mutator =
                    new Mutator(
                            Double.parseDouble(args[1]), Integer.parseInt(args[2]), any -> current);
            traffic = traffic(language, functions, mutator, round);
            if (round < ROUNDS - 1) {
                correct(rates, traffic);
            }
        }
        Map<String, String> table = new TreeMap<>();
        Map<Substitution, Long> last = traffic;
        rates.forEach(
                (what, rate) -> {
                    table.put(
                            what.from() + "," + what.to(),
                            String.format(Locale.ROOT, "%.4f", rate));
                    System.err.printf("%8d %s%n", last.getOrDefault(what, 0L), what);
                });
        table.forEach((what, rate) -> System.out.println(what + "," + rate));
    }

    private static Mutator.Sites sites(Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            FunctionCode code = FunctionCode.of(tree);
            List<List<Edit>> neutral = Mutator.sites(MutationOperators.NEUTRAL, code);
            List<List<Edit>> substitutions = Mutator.sites(MutationOperators.SUBSTITUTIONS, code);
            return operators -> operators == MutationOperators.NEUTRAL ? neutral : substitutions;
        }
    }

    private static Map<Substitution, Long> traffic(
            Language language, List<Mutator.Sites> functions, Mutator mutator, int round) {
        SplittableRandom random = new SplittableRandom(round);
        Map<Substitution, Long> traffic = new HashMap<>();
        for (Mutator.Sites sites : functions) {
            for (int draw = 0; draw < DRAWS; draw++) {
                List<List<Edit>> possible = mutator.possible(language, sites, random);
                if (!possible.isEmpty()) {
                    mutator.choose(possible, random).stream()
                            .filter(edit -> edit.substitution() != null)
                            .forEach(edit -> traffic.merge(edit.substitution(), 1L, Long::sum));
                }
            }
        }
        return traffic;
    }

    /** The commoner direction keeps what makes it as busy as the other, which is always allowed. */
    private static void correct(Map<Substitution, Double> rates, Map<Substitution, Long> traffic) {
        Map<Substitution, Double> corrected = new HashMap<>();
        rates.forEach(
                (what, rate) -> {
                    double there = traffic.getOrDefault(what, 0L) / rate;
                    double back =
                            traffic.getOrDefault(what.reversed(), 0L)
                                    / rates.getOrDefault(what.reversed(), 1.0);
                    corrected.put(
                            what, there == 0 ? 1 : Math.min(1, Math.max(LEAST, back / there)));
                });
        rates.putAll(corrected);
    }
}
