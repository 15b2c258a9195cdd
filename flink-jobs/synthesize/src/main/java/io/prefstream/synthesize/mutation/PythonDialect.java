package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.synthesize.mutation.Variables.Variable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Python as tree-sitter-python names it. */
final class PythonDialect implements Dialect {

    static final PythonDialect INSTANCE = new PythonDialect();

    private static final Spelling SPELLING = new Spelling("and", "or", "not");

    /** Swapping the receiver with a variable gives nonsense that no one would write. */
    private static final Set<String> RECEIVERS = Set.of("self", "cls");

    private PythonDialect() {}

    @Override
    public Variables variables(FunctionCode code) {
        Map<String, Variable> declared = new LinkedHashMap<>();
        Set<String> elsewhere = new HashSet<>();
        List<Node> identifiers = new ArrayList<>();
        int end = code.nodes().get(0).end();
        for (Node node : code.nodes()) {
            Node parent = code.parent(node);
            if (!node.is("identifier") || parent == null) {
                continue;
            }
            String name = node.text();
            Integer from = declaredFrom(code, node, parent);
            if (from != null) {
                declared.putIfAbsent(name, new Variable(name, null, from, end));
            }
            if (isBoundInside(code, node)) {
                elsewhere.add(name);
            }
            if (isVariableUse(node, parent)) {
                identifiers.add(node);
            }
        }
        elsewhere.addAll(RECEIVERS);
        declared.keySet().removeAll(elsewhere);
        return new Variables(List.copyOf(declared.values()), identifiers);
    }

    /** Where a name may be used from if this identifier gives it a value; null if it doesn't. */
    private static @Nullable Integer declaredFrom(FunctionCode code, Node node, Node parent) {
        if (isParameter(node, parent)) {
            return node.end();
        }
        Node target = node;
        Node holder = parent;
        while (holder.is("pattern_list", "tuple_pattern", "list_pattern")) {
            Node above = code.parent(holder);
            if (above == null) {
                return null;
            }
            target = holder;
            holder = above;
        }
        if ("left".equals(target.field())) {
            if (holder.is("assignment")) {
                return holder.end();
            }
            if (holder.is("for_statement")) {
                return target.end();
            }
        }
        return holder.is("as_pattern_target") ? Integer.valueOf(holder.end()) : null;
    }

    private static boolean isParameter(Node node, Node parent) {
        return parent.is("parameters", "typed_parameter")
                || parent.is("default_parameter", "typed_default_parameter")
                        && "name".equals(node.field())
                || parent.is("list_splat_pattern", "dictionary_splat_pattern");
    }

    /** Whether the name is bound by a comprehension, a lambda or a nested function. */
    private static boolean isBoundInside(FunctionCode code, Node node) {
        Node child = node;
        Node parent = code.parent(node);
        while (parent != null && parent.is("pattern_list", "tuple_pattern")) {
            child = parent;
            parent = code.parent(parent);
        }
        if (parent == null) {
            return false;
        }
        if (parent.is("for_in_clause") && "left".equals(child.field())) {
            return true;
        }
        return parent.is("lambda_parameters", "global_statement", "nonlocal_statement");
    }

    private static boolean isVariableUse(Node node, Node parent) {
        return !isParameter(node, parent)
                && !"name".equals(node.field())
                && !"attribute".equals(node.field())
                && !parent.is(
                        "lambda_parameters",
                        "global_statement",
                        "nonlocal_statement",
                        "dotted_name",
                        "aliased_import",
                        "type");
    }

    @Override
    public Optional<Binary> binary(Node node) {
        if (node.is("binary_operator", "boolean_operator")) {
            Node left = node.child("left").orElse(null);
            Node operator = node.child("operator").orElse(null);
            Node right = node.child("right").orElse(null);
            return left == null || operator == null || right == null
                    ? Optional.empty()
                    : Optional.of(new Binary(left, operator, right));
        }
        if (node.is("comparison_operator") && node.children().size() == 3) {
            List<Node> parts = node.children();
            return Optional.of(new Binary(parts.get(0), parts.get(1), parts.get(2)));
        }
        return Optional.empty();
    }

    @Override
    public Optional<Call> call(Node node) {
        if (!node.is("call")) {
            return Optional.empty();
        }
        Node function = node.child("function").orElse(node);
        String name = function.child("attribute").orElse(function).text();
        return node.child("arguments")
                .filter(list -> list.is("argument_list"))
                .map(
                        list ->
                                new Call(
                                        name,
                                        list.namedChildren().stream()
                                                .filter(PythonDialect::isPositional)
                                                .toList()));
    }

    private static boolean isPositional(Node argument) {
        return !argument.is("keyword_argument", "list_splat", "dictionary_splat");
    }

    @Override
    public Optional<Branches> ifElse(Node node) {
        if (!node.is("if_statement")) {
            return Optional.empty();
        }
        List<Node> alternatives = alternatives(node);
        Node condition = node.child("condition").orElse(null);
        Node consequence = node.child("consequence").orElse(null);
        Node otherwise =
                alternatives.size() == 1 && alternatives.get(0).is("else_clause")
                        ? alternatives.get(0).child("body").orElse(null)
                        : null;
        return condition == null || consequence == null || otherwise == null
                ? Optional.empty()
                : Optional.of(new Branches(condition, consequence, otherwise));
    }

    private static List<Node> alternatives(Node ifStatement) {
        return ifStatement.children().stream()
                .filter(child -> "alternative".equals(child.field()))
                .toList();
    }

    @Override
    public Optional<Branches> conditional(Node node) {
        List<Node> parts = node.namedChildren();
        return node.is("conditional_expression") && parts.size() == 3
                ? Optional.of(new Branches(parts.get(1), parts.get(0), parts.get(2)))
                : Optional.empty();
    }

    @Override
    public List<Node> chainedConditions(Node node) {
        if (!node.is("if_statement")) {
            return List.of();
        }
        List<Node> alternatives = alternatives(node);
        Node first = node.child("condition").orElse(null);
        Node second =
                !alternatives.isEmpty() && alternatives.get(0).is("elif_clause")
                        ? alternatives.get(0).child("condition").orElse(null)
                        : null;
        return first == null || second == null ? List.of() : List.of(first, second);
    }

    @Override
    public boolean isBlock(Node node) {
        return node.is("block");
    }

    @Override
    public boolean isJump(Node statement) {
        return statement.is(
                        "return_statement",
                        "raise_statement",
                        "break_statement",
                        "continue_statement")
                || statement.is("while_statement") && statement.text().startsWith("while True");
    }

    @Override
    public boolean isGuard(Node statement) {
        if (statement.is("assert_statement")) {
            return true;
        }
        if (statement.is("if_statement") && alternatives(statement).isEmpty()) {
            List<Node> inside =
                    statement.child("consequence").map(Node::namedChildren).orElse(List.of());
            return !inside.isEmpty()
                    && inside.get(inside.size() - 1).is("return_statement", "raise_statement");
        }
        return Guards.isCheck(this, statement);
    }

    @Override
    public Optional<Node> returned(Node node) {
        return node.is("return_statement")
                ? node.namedChildren().stream().findFirst()
                : Optional.empty();
    }

    @Override
    public boolean introduces(FunctionCode code, Node statement, String name) {
        return code.variables()
                .visible(name, statement.end())
                .map(
                        variable ->
                                variable.from() > statement.start()
                                        && variable.from() <= statement.end())
                .orElse(false);
    }

    @Override
    public @Nullable Node written(Node node) {
        return node.is("assignment", "augmented_assignment")
                ? node.child("left").orElse(null)
                : null;
    }

    @Override
    public boolean isIntegerLiteral(Node node) {
        return node.is("integer");
    }

    @Override
    public boolean isBooleanLiteral(Node node) {
        return node.is("true", "false");
    }

    @Override
    public boolean isLiteral(Node node) {
        return node.is("integer", "float", "string", "true", "false", "none");
    }

    @Override
    public Spelling spelling() {
        return SPELLING;
    }
}
