package io.prefstream.synthesize.tests;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.jobs.generators.PromptStyle;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The assertions in a model's answer that can stand as tests: whole ones without syntax errors, in
 * which the function is called, within a length, each once.
 */
final class Assertions {

    private Assertions() {}

    /**
     * Reads an answer: the first fenced block, or all of it where there is none.
     *
     * @param function that each must call
     * @param most that are kept, the first ones
     * @param maxChars of each
     */
    static List<String> in(
            String answer, Language language, String function, int most, int maxChars) {
        Pattern call = Pattern.compile("\\b" + Pattern.quote(function) + "\\s*\\(");
        Set<String> seen = new HashSet<>();
        List<String> tests = new ArrayList<>();
        try (SyntaxTree tree = SyntaxTree.parse(language, PromptStyle.unfenced(answer))) {
            for (Node statement : tree.root().namedChildren()) {
                String test = statement.text().strip();
                if (tests.size() < most
                        && statement.is("assert_statement")
                        && !statement.hasErrors()
                        && test.length() <= maxChars
                        && call.matcher(test).find()
                        && seen.add(test.replaceAll("\\s+", " "))) {
                    tests.add(test);
                }
            }
        }
        return tests;
    }
}
