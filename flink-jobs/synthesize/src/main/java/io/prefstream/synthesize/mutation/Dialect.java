package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a language's grammar calls the things that operators look for. */
interface Dialect {

    /** {@code left operator right}. */
    record Binary(Node left, Node operator, Node right) {}

    /** A call and its positional arguments. */
    record Call(String name, List<Node> arguments) {}

    /** Two alternatives of a condition. */
    record Branches(Node condition, Node consequence, Node alternative) {}

    /** Languages that functions can be mutated in. */
    Set<Language> LANGUAGES = Set.of(Language.JAVA, Language.PYTHON);

    static Dialect of(Language language) {
        return switch (language) {
            case JAVA -> JavaDialect.INSTANCE;
            case PYTHON -> PythonDialect.INSTANCE;
            default ->
                    throw new IllegalArgumentException(
                            "no mutations for " + language.code() + ": there are " + LANGUAGES);
        };
    }

    Variables variables(FunctionCode code);

    /** Arithmetic, comparison or boolean connective with two operands. */
    Optional<Binary> binary(Node node);

    Optional<Call> call(Node node);

    /** An if statement with exactly one alternative, which is no further if. */
    Optional<Branches> ifElse(Node node);

    /** A conditional expression. */
    Optional<Branches> conditional(Node node);

    /** The first two conditions of an if … else if … chain. */
    List<Node> chainedConditions(Node node);

    /** Whether its children are a sequence of statements. */
    boolean isBlock(Node node);

    /** Whether control never goes past this statement. */
    boolean isJump(Node statement);

    /** Whether it does nothing but leave the function when a condition holds. */
    boolean isGuard(Node statement);

    /** What a return statement returns; empty for all others. */
    Optional<Node> returned(Node node);

    /** Whether this statement is the first to give the name a meaning. */
    boolean introduces(FunctionCode code, Node statement, String name);

    /** The target of an assignment or of an update such as {@code ++}; null for all others. */
    @Nullable Node written(Node node);

    boolean isIntegerLiteral(Node node);

    boolean isBooleanLiteral(Node node);

    boolean isLiteral(Node node);

    /** The spelling of a boolean or connective in this language. */
    Spelling spelling();

    /** The words of a language that differ between languages with the same ideas. */
    record Spelling(String and, String or, String not) {}
}
