package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Node;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * No side is the instruction again: its text, or functions that do nothing.
 *
 * <p>A function does nothing if it has no body, no statement in it (comments and documentation are
 * none), or one that only says so: {@code pass}, {@code ...}, {@code return null}, an exception for
 * what is not implemented. A side is a stub if all its functions do nothing. Cost: a look at the
 * declarations of sides that are short enough.
 */
public final class StubCheck implements Check {

    private static final String[] BLOCKS = {
        "block", "constructor_body", "statement_block", "compound_statement", "statement_list"
    };

    /** Documentation and one that says so. */
    private static final int MOST_STATEMENTS = 2;

    /** Of a body that says so, of annotations, and of braces. */
    private static final int BODY_TOKENS = 20;

    private static final int LEAST_TOKENS = 30;

    /** In the name or the message of an exception for what isn't implemented. */
    private static final Pattern NOT_IMPLEMENTED =
            Pattern.compile("Unsupported|NotImpl|NotSupp|(?i:todo|implement)");

    private static final Set<String> CLOSING = Set.of("}", ";", CodeReader.BLOCK_END);

    /** What a body that is empty or says that nothing is done ends with, but for what closes it. */
    private static final Set<String> ENDS =
            Set.of("{", "pass", "...", "return", "None", "null", "nil", "undefined", "nullptr");

    private static final Pattern NOTHING =
            Pattern.compile(
                    "pass|\\.\\.\\.|(?:return\\s*)?(?:None|null|nil|undefined|nullptr)?"
                            + "|(?:throw\\s+new|throw|raise)\\s+[\\w.:]*(?:UnsupportedOperation"
                            + "|NotImplemented|NotSupported)\\w*\\b.*"
                            + "|(?:todo|unimplemented)!\\(.*\\)"
                            + "|(?:throw\\s+new|throw|raise|panic)[^\"'()]*"
                            + "\\(\\s*[\"'`](?i:todo|not (?:yet )?implemented|unimplemented"
                            + "|implement me)\\b.*\\)",
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
        int mostTokens = mostTokens(candidate.signature());
        for (Side side : Side.values()) {
            if (isPartOf(instruction, candidate.text(side))) {
                return objection.found(side + " only says the instruction again");
            }
            List<String> tokens = candidate.code(side).tokens();
            if (tokens.isEmpty()) {
                return objection.found(side + " holds no code");
            }
            if (!mayDoNothing(tokens, mostTokens)) {
                continue;
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

    /** False if the tokens alone say that something is done. */
    private static boolean mayDoNothing(List<String> tokens, int mostTokens) {
        if (tokens.size() > mostTokens) {
            return false;
        }
        int last = tokens.size() - 1;
        while (last > 0 && CLOSING.contains(tokens.get(last))) {
            last--;
        }
        String end = tokens.get(last);
        return ENDS.contains(end)
                || end.endsWith("\"")
                || end.endsWith("'")
                || !tokens.get(tokens.size() - 1).equals("}")
                        && !tokens.get(tokens.size() - 1).equals(CodeReader.BLOCK_END)
                || tokens.stream().anyMatch(token -> NOT_IMPLEMENTED.matcher(token).find());
    }

    /** More tokens than a stub of this signature has. */
    private static int mostTokens(String signature) {
        int tokens = 0;
        boolean inWord = false;
        for (int i = 0; i < signature.length(); i++) {
            char c = signature.charAt(i);
            boolean word = Character.isUnicodeIdentifierPart(c);
            tokens += (word ? inWord : Character.isWhitespace(c)) ? 0 : 1;
            inWord = word;
        }
        return Math.max(LEAST_TOKENS, tokens + BODY_TOKENS);
    }

    private static boolean isPartOf(String instruction, String text) {
        String words = text.length() <= 2 * instruction.length() ? words(text) : "";
        return !words.isEmpty() && words(instruction).endsWith(words);
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
