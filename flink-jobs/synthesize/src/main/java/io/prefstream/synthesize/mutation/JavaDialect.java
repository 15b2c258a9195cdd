package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.synthesize.mutation.Variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Java as tree-sitter-java names it. */
final class JavaDialect implements Dialect {

    static final JavaDialect INSTANCE = new JavaDialect();

    private static final Spelling SPELLING = new Spelling("&&", "||", "!");

    private static final String[] SCOPES = {
        "block",
        "constructor_body",
        "for_statement",
        "enhanced_for_statement",
        "lambda_expression",
        "catch_clause",
        "try_with_resources_statement",
        "switch_block",
        "method_declaration",
        "constructor_declaration",
        "compact_constructor_declaration"
    };

    private static final Set<String> NOT_A_VARIABLE_BELOW =
            Set.of(
                    "labeled_statement",
                    "break_statement",
                    "continue_statement",
                    "annotation",
                    "marker_annotation",
                    "element_value_pair",
                    "switch_label",
                    "method_reference",
                    "inferred_parameters",
                    "scoped_identifier");

    private JavaDialect() {}

    @Override
    public Variables variables(FunctionCode code) {
        List<Variable> declared = new ArrayList<>();
        List<Node> identifiers = new ArrayList<>();
        for (Node node : code.nodes()) {
            if (!node.is("identifier")) {
                continue;
            }
            Node parent = code.parent(node);
            if (parent == null) {
                continue;
            }
            if (isDeclaredName(node, parent)) {
                declared.add(variable(code, node, parent));
            } else if (isVariableUse(node, parent)) {
                identifiers.add(node);
            }
        }
        return new Variables(declared, identifiers);
    }

    private static boolean isDeclaredName(Node node, Node parent) {
        if ("name".equals(node.field())) {
            return parent.is(
                    "variable_declarator",
                    "formal_parameter",
                    "enhanced_for_statement",
                    "catch_formal_parameter",
                    "resource",
                    "instanceof_expression");
        }
        return parent.is("inferred_parameters")
                || parent.is("lambda_expression") && "parameters".equals(node.field());
    }

    private static boolean isVariableUse(Node node, Node parent) {
        return !"name".equals(node.field())
                && !"field".equals(node.field())
                && !NOT_A_VARIABLE_BELOW.contains(parent.kind());
    }

    private static Variable variable(FunctionCode code, Node name, Node parent) {
        Node typed = parent;
        int from = parent.end();
        if (parent.is("variable_declarator")) {
            Node declaration = code.parent(parent);
            if (declaration != null) {
                typed = declaration;
            }
        } else if (parent.is("enhanced_for_statement", "lambda_expression")) {
            from = name.end();
        }
        Node scope = code.parent(parent);
        if (parent.is(SCOPES)) {
            scope = parent;
        }
        while (scope != null && !scope.is(SCOPES)) {
            scope = code.parent(scope);
        }
        String type =
                typed.child("type")
                        .map(Node::text)
                        .filter(text -> !text.equals("var"))
                        .orElse(null);
        if (type != null) {
            type += parent.child("dimensions").map(Node::text).orElse("");
        }
        return new Variable(name.text(), type, from, scope == null ? parent.end() : scope.end());
    }

    @Override
    public Optional<Binary> binary(Node node) {
        if (!node.is("binary_expression")) {
            return Optional.empty();
        }
        Node left = node.child("left").orElse(null);
        Node operator = node.child("operator").orElse(null);
        Node right = node.child("right").orElse(null);
        return left == null || operator == null || right == null
                ? Optional.empty()
                : Optional.of(new Binary(left, operator, right));
    }

    @Override
    public Optional<Call> call(Node node) {
        if (!node.is(
                "method_invocation",
                "object_creation_expression",
                "explicit_constructor_invocation")) {
            return Optional.empty();
        }
        String name = node.child("name").or(() -> node.child("type")).map(Node::text).orElse("");
        return node.child("arguments").map(list -> new Call(name, list.namedChildren()));
    }

    @Override
    public Optional<Branches> ifElse(Node node) {
        if (!node.is("if_statement")) {
            return Optional.empty();
        }
        return branches(node)
                .filter(branches -> !branches.alternative().is("if_statement"))
                .filter(
                        branches ->
                                branches.consequence().is("block")
                                        == branches.alternative().is("block"));
    }

    @Override
    public Optional<Branches> conditional(Node node) {
        return node.is("ternary_expression") ? branches(node) : Optional.empty();
    }

    private static Optional<Branches> branches(Node node) {
        Node condition = node.child("condition").orElse(null);
        Node consequence = node.child("consequence").orElse(null);
        Node alternative = node.child("alternative").orElse(null);
        return condition == null || consequence == null || alternative == null
                ? Optional.empty()
                : Optional.of(new Branches(condition, consequence, alternative));
    }

    @Override
    public List<Node> chainedConditions(Node node) {
        if (!node.is("if_statement")) {
            return List.of();
        }
        Node first = node.child("condition").orElse(null);
        Node second =
                node.child("alternative")
                        .filter(alternative -> alternative.is("if_statement"))
                        .flatMap(alternative -> alternative.child("condition"))
                        .orElse(null);
        return first == null || second == null ? List.of() : List.of(first, second);
    }

    @Override
    public boolean isBlock(Node node) {
        return node.is("block", "constructor_body");
    }

    @Override
    public boolean isJump(Node statement) {
        return statement.is(
                        "return_statement",
                        "throw_statement",
                        "break_statement",
                        "continue_statement",
                        "yield_statement",
                        "explicit_constructor_invocation")
                || statement.is("while_statement") && statement.text().startsWith("while (true)");
    }

    @Override
    public boolean isGuard(Node statement) {
        if (statement.is("if_statement") && statement.child("alternative").isEmpty()) {
            Node then = statement.child("consequence").orElse(statement);
            if (then.is("block")) {
                List<Node> inside = then.namedChildren();
                return !inside.isEmpty() && leaves(inside.get(inside.size() - 1));
            }
            return leaves(then);
        }
        return Guards.isCheck(this, statement);
    }

    private static boolean leaves(Node statement) {
        return statement.is("return_statement", "throw_statement");
    }

    @Override
    public Optional<Node> returned(Node node) {
        return node.is("return_statement")
                ? node.namedChildren().stream().findFirst()
                : Optional.empty();
    }

    @Override
    public boolean introduces(FunctionCode code, Node statement, String name) {
        return statement.is("local_variable_declaration")
                && statement.namedChildren().stream()
                        .flatMap(declarator -> declarator.child("name").stream())
                        .anyMatch(declared -> declared.text().equals(name));
    }

    @Override
    public @Nullable Node written(Node node) {
        if (node.is("assignment_expression")) {
            return node.child("left").orElse(null);
        }
        if (node.is("update_expression")) {
            return node.namedChildren().stream().findFirst().orElse(null);
        }
        if (node.is("variable_declarator")) {
            return node.child("name").orElse(null);
        }
        return null;
    }

    @Override
    public boolean isIntegerLiteral(Node node) {
        return node.is("decimal_integer_literal");
    }

    @Override
    public boolean isBooleanLiteral(Node node) {
        return node.is("true", "false");
    }

    @Override
    public boolean isLiteral(Node node) {
        return node.kind().endsWith("_literal") || node.is("true", "false");
    }

    @Override
    public Spelling spelling() {
        return SPELLING;
    }
}
