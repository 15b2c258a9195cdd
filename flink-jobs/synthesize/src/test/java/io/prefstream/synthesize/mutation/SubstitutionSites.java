package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.CodeSnippet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the sites of each directed substitution in published code and prints the table that {@link
 * SubstitutionRates} reads.
 *
 * <p>Usage: {@code SubstitutionSites LANGUAGE JAR-OR-FOLDER…}
 */
final class SubstitutionSites {

    private SubstitutionSites() {}

    public static void main(String[] args) throws IOException {
        Language language = Language.ofCode(args[0]).orElseThrow();
        PublishedCode code = new PublishedCode();
        for (int i = 1; i < args.length; i++) {
            code.read(Path.of(args[i]));
        }
        Map<String, Long> counts = new TreeMap<>();
        for (CodeSnippet snippet : code.snippets()) {
            if (!snippet.getLanguage().equals(language.code())) {
                continue;
            }
            try (SyntaxTree tree = SyntaxTree.parseFragment(language, snippet.getText())) {
                FunctionCode function = FunctionCode.of(tree);
                for (MutationOperator operator : MutationOperators.SUBSTITUTIONS) {
                    for (Edit edit : operator.sites(function)) {
                        Substitution what = edit.substitution();
                        counts.merge(what.from() + "," + what.to(), 1L, Long::sum);
                    }
                }
            }
        }
        counts.forEach((what, count) -> System.out.println(what + "," + count));
    }
}
