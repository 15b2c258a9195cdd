package io.prefstream.validate.checks;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Placed;
import java.util.Optional;
import java.util.Set;

/** What an identifier is in a language, by where it stands. */
enum Naming {
    JAVA {
        @Override
        Role roleOf(Placed identifier, Placed parent) {
            return switch (parent.kind()) {
                case "variable_declarator",
                        "formal_parameter",
                        "enhanced_for_statement",
                        "catch_formal_parameter",
                        "resource",
                        "instanceof_expression" ->
                        inField(identifier, "name") ? Role.DECLARED : Role.USED;
                case "lambda_expression" ->
                        inField(identifier, "parameters") ? Role.DECLARED : Role.USED;
                case "inferred_parameters", "type_pattern", "record_pattern_component" ->
                        Role.DECLARED;
                case "method_invocation" -> inField(identifier, "name") ? Role.OTHER : Role.USED;
                case "field_access" -> inField(identifier, "field") ? Role.OTHER : Role.USED;
                case "method_declaration",
                        "constructor_declaration",
                        "compact_constructor_declaration",
                        "class_declaration",
                        "interface_declaration",
                        "enum_declaration",
                        "record_declaration",
                        "enum_constant",
                        "labeled_statement",
                        "break_statement",
                        "continue_statement",
                        "annotation",
                        "marker_annotation",
                        "element_value_pair",
                        "switch_label",
                        "method_reference",
                        "scoped_identifier" ->
                        Role.OTHER;
                default -> Role.USED;
            };
        }

        @Override
        boolean isKnown(String name) {
            return false;
        }
    },

    PYTHON {
        @Override
        Role roleOf(Placed identifier, Placed parent) {
            Placed target = identifier;
            Placed holder = parent;
            while (PATTERNS.contains(holder.kind())) {
                Placed above = holder.parent();
                if (above == null) {
                    return Role.USED;
                }
                target = holder;
                holder = above;
            }
            return switch (holder.kind()) {
                case "parameters", "lambda_parameters", "typed_parameter", "as_pattern_target" ->
                        Role.DECLARED;
                case "default_parameter", "typed_default_parameter", "named_expression" ->
                        inField(target, "name") ? Role.DECLARED : Role.USED;
                case "assignment", "for_statement", "for_in_clause" ->
                        inField(target, "left") ? Role.DECLARED : Role.USED;
                case "except_clause" -> inField(target, "alias") ? Role.DECLARED : Role.USED;
                case "function_definition",
                        "class_definition",
                        "dotted_name",
                        "aliased_import",
                        "global_statement",
                        "nonlocal_statement" ->
                        Role.MEANT_ELSEWHERE;
                case "attribute" -> inField(target, "attribute") ? Role.OTHER : Role.USED;
                case "keyword_argument" -> inField(target, "name") ? Role.OTHER : Role.USED;
                case "call" -> inField(target, "function") ? Role.CALLED : Role.USED;
                case "type" -> Role.OTHER;
                default -> Role.USED;
            };
        }

        @Override
        boolean isKnown(String name) {
            return PYTHON_BUILTINS.contains(name);
        }
    };

    /** What an identifier does where it stands. */
    enum Role {
        /** Gives a name to a parameter or local variable. */
        DECLARED,
        /** Stands where a variable may. */
        USED,
        /** Names what is called, which may be a variable. */
        CALLED,
        /** Gives a name to a function or a class, or one that an import or a scope brings in. */
        MEANT_ELSEWHERE,
        /** Anything else: a member, a type, a label, the name of an argument. */
        OTHER
    }

    private static final Set<String> PATTERNS =
            Set.of(
                    "pattern_list",
                    "tuple_pattern",
                    "list_pattern",
                    "list_splat_pattern",
                    "dictionary_splat_pattern");

    /** Built-in functions and types in lower case: people pass them on as values. */
    private static final Set<String> PYTHON_BUILTINS =
            Set.of(
                    ("abs all any ascii bin bool breakpoint bytearray bytes callable chr"
                         + " classmethod compile complex delattr dict dir divmod enumerate eval"
                         + " exec filter float format frozenset getattr globals hasattr hash help"
                         + " hex id input int isinstance issubclass iter len list locals map max"
                         + " memoryview min next object oct open ord pow print property range repr"
                         + " reversed round set setattr slice sorted staticmethod str sum super"
                         + " tuple type vars zip __name__ __file__ __doc__ __class__")
                            .split(" "));

    /** The rules of a language; empty where we have none. */
    static Optional<Naming> of(Language language) {
        return switch (language) {
            case JAVA -> Optional.of(JAVA);
            case PYTHON -> Optional.of(PYTHON);
            default -> Optional.empty();
        };
    }

    /** What an identifier does where it stands. */
    Role roleOf(Placed identifier) {
        Placed parent = identifier.parent();
        return parent == null ? Role.USED : roleOf(identifier, parent);
    }

    abstract Role roleOf(Placed identifier, Placed parent);

    /** Whether the language itself gives a name its meaning. */
    abstract boolean isKnown(String name);

    private static boolean inField(Placed node, String field) {
        return field.equals(node.field());
    }
}
