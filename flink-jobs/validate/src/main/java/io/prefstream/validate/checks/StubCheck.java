package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Node;
import java.util.List;
import java.util.regex.Pattern;

/**
 * No side is the instruction again: its text, or functions that do nothing.
 *
 * <p>A function does nothing if it has no body, no statement in it (comments and documentation are
 * none), or one that only says so: {@code pass}, {@code ...}, {@code return null}, an exception for
 * what is not implemented. A side is a stub if all its functions do nothing. Cost: a look at the
 * declarations.
 */
public final class StubCheck implements Check {

    private static final String[] BLOCKS = {
        "block", "constructor_body", "statement_block", "compound_statement", "statement_list"
    };

    /** Documentation and one that says so. */
    private static final int MOST_STATEMENTS = 2;

    private static final Pattern NOTHING =
            Pattern.compile(
                    "pass|\\.\\.\\.|(?:return\\s*)?(?:None|null|nil|undefined|nullptr)?"
                            + "|(?:throw\\s+new|throw|raise)\\s+[\\w.:]*(?:UnsupportedOperation"
                            + "|NotImplemented|NotSupported)\\w*\\b.*"
                            + "|(?:throw\\s+new|throw|raise|panic!?|todo!|unimplemented!)[^\"'()]*"
                            + "\\(\\s*(?:[\"'`](?i:todo|not (?:yet )?implemented|unimplemented"
                            + "|implement me)\\b.*)?\\)",
                    Pattern.DOTALL);

    private final Objection objection;

    public StubCheck(Objection objection) {
        this.objection = objection;
    }

    @Override
    public String name() {
        return "stub";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        String instruction = candidate.pair().getInstruction();
        for (Side side : Side.values()) {
            String text = candidate.text(side);
            if (isPartOf(instruction, text)) {
                return objection.found(side + " only says the instruction again");
            }
            List<DeclaredFunction> functions = candidate.code(side).functions();
            if (!functions.isEmpty() && functions.stream().allMatch(StubCheck::doesNothing)) {
                return objection.found(
                        "%s only declares %s, which does nothing"
                                .formatted(side, functions.get(0).name()));
            }
        }
        return new CheckResult.Passed(null);
    }

    private static boolean isPartOf(String instruction, String text) {
        return text.length() <= 2 * instruction.length()
                && instruction.indexOf(text.strip().charAt(0)) >= 0
                && words(instruction).endsWith(words(text));
    }

    private static String words(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("[ ;:{}]+$", "").strip();
    }

    private static boolean doesNothing(DeclaredFunction function) {
        Node body = function.body();
        if (body == null) {
            return true;
        }
        List<Node> statements = body.is(BLOCKS) ? body.namedChildren() : List.of(body);
        return statements.size() <= MOST_STATEMENTS
                && statements.stream().allMatch(StubCheck::isNothing);
    }

    private static boolean isNothing(Node statement) {
        if (statement.is(BLOCKS)) {
            return statement.namedChildren().stream().allMatch(StubCheck::isNothing);
        }
        String text = statement.text().strip();
        String code = text.endsWith(";") ? text.substring(0, text.length() - 1).strip() : text;
        return NOTHING.matcher(code).matches() || isDocumentation(statement);
    }

    private static boolean isDocumentation(Node statement) {
        List<Node> inside = statement.namedChildren();
        return statement.is("expression_statement")
                && inside.size() == 1
                && inside.get(0).is("string", "concatenated_string");
    }
}
