package io.prefstream.ingest.changes;

import io.prefstream.ingest.filter.PartLimits;
import io.prefstream.ingest.redact.Placeholders;
import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.SnippetKind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the functions of a file again in how it stood before a commit: a function is the same where
 * it stands in the same declarations with the same name and signature, and in either text no other
 * one does. One that was renamed, moved or given other parameters is new.
 *
 * <p>Cost: the earlier text is parsed, about as much as the file itself.
 */
public final class ChangedFunctions {

    private final PartLimits limits;

    /**
     * @param limits that an earlier function has to keep to as well
     */
    public ChangedFunctions(PartLimits limits) {
        this.limits = limits;
    }

    /** What makes a function the same. */
    private record Declaration(List<String> enclosing, String name, String signature) {
        static Declaration of(CodePart function) {
            return new Declaration(function.enclosing(), function.name(), function.signature());
        }
    }

    /**
     * The functions that the commit changed, as they stood before; none of an earlier text with
     * syntax errors.
     *
     * @param parts what was cut out of the file as it is now
     * @return by the index of the part that each became
     */
    public Map<Integer, EarlierText> among(
            List<CodePart> parts, Language language, EarlierText before) {
        Map<Declaration, Integer> now = new HashMap<>();
        Set<Declaration> ambiguous = new HashSet<>();
        for (int i = 0; i < parts.size(); i++) {
            Declaration declaration = Declaration.of(parts.get(i));
            if (parts.get(i).kind() == SnippetKind.FUNCTION && now.put(declaration, i) != null) {
                ambiguous.add(declaration);
            }
        }
        Map<Declaration, CodePart> then = new HashMap<>();
        for (CodePart function : functions(language, before.text())) {
            if (then.put(Declaration.of(function), function) != null) {
                ambiguous.add(Declaration.of(function));
            }
        }
        Map<Integer, EarlierText> changed = new HashMap<>();
        now.forEach(
                (declaration, index) -> {
                    CodePart function = then.get(declaration);
                    if (function != null
                            && !ambiguous.contains(declaration)
                            && !function.text().equals(parts.get(index).text())
                            && limits.refuse(function).isEmpty()) {
                        changed.put(
                                index,
                                before.ofFunction(
                                        function.text(),
                                        Placeholders.in(
                                                before.redactions(),
                                                function.text(),
                                                before.message())));
                    }
                });
        return changed;
    }

    private static List<CodePart> functions(Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parse(language, text)) {
            return tree.hasErrors() && !language.isPreprocessed()
                    ? List.of()
                    : CodeSplitter.functions(tree);
        }
    }
}
