package io.prefstream.synthesize.kinds;

import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a function's syntax tree shows of what it is for. Each is a number of at least 0: a share of
 * the function's tokens, in percent, or for {@link Feature#LENGTH} the logarithm of their number.
 *
 * <p>Cost: one parse of the function and one walk.
 */
final class CodeFeatures {

    /** A feature. */
    enum Feature {
        /** Loops and comprehensions. */
        LOOPS,
        /** Operators that calculate or shift bits. */
        ARITHMETIC,
        /** Comparisons of order. */
        ORDER,
        /** Elements of arrays and lists. */
        ELEMENTS,
        /** Literal numbers. */
        NUMBERS,
        /** Literal texts. */
        TEXTS,
        /** Calls. */
        CALLS,
        /** Annotations and decorators. */
        ANNOTATIONS,
        /** Throwing, catching and what is done finally. */
        EXCEPTIONS,
        /** The object itself and its fields. */
        SELF,
        /** Missing values. */
        NULLS,
        /** Words of mathematics and data structures in names. */
        ALGORITHM_WORDS,
        /** Words of files, networks, processes and frameworks in names. */
        SYSTEM_WORDS,
        /** The logarithm of the number of tokens. */
        LENGTH
    }

    private static final Set<String> ALGORITHM_WORDS =
            Set.of(
                    ("abs array average binary bit bound cos count degree delta denominator"
                         + " determinant digit distance distribution divisor edge entropy epsilon"
                         + " even exp factor factorial fibonacci fraction gamma gcd graph hash heap"
                         + " height hypot index integral interval inverse iteration lcm left length"
                         + " log math matrix max mean median merge min mod mul norm num numerator"
                         + " odd palindrome permutation pivot point polynomial pow power prime"
                         + " product quotient radix random rank ratio real remainder result right"
                         + " root round row scale search shift sign sin size sort sqrt square step"
                         + " sub subtract sum swap tan theta total tree trunc value variance vector"
                         + " weight width")
                            .split(" "));

    private static final Set<String> SYSTEM_WORDS =
            Set.of(
                    ("acquire address admin agent alert api application async auth bind broker"
                         + " buffer bundle button cache callback cert channel class classpath"
                         + " client close command config configuration connect connection container"
                         + " content context controller cookie cursor daemon database db debug"
                         + " deploy device dir directory dispatch driver dto encoding endpoint"
                         + " entity env error event executor factory fd file filename flush folder"
                         + " future handle handler header host http info init input install io job"
                         + " json kernel layout license lifecycle listener load loader lock logger"
                         + " logging login loop manager message metadata method metric mock mode"
                         + " module mount network notify open option output packet page parser"
                         + " password path permission pipe platform plugin poll pool port process"
                         + " property protocol provider proxy queue read reader record register"
                         + " registry release render repository request resource response retry"
                         + " role route run schedule schema script send serial server service"
                         + " session setting setup shell shutdown signal socket sql ssl start state"
                         + " status stop storage stream submit subprocess subscribe system table"
                         + " task template thread timeout token transaction transport uri url user"
                         + " version view wait warn widget window worker write writer xml zip")
                            .split(" "));

    private static final Set<String> LOOPS =
            Set.of(
                    "for_statement",
                    "while_statement",
                    "do_statement",
                    "enhanced_for_statement",
                    "for_in_statement",
                    "for_range_loop",
                    "for_in_clause",
                    "for_expression",
                    "while_expression",
                    "loop_expression");

    private static final Set<String> ARITHMETIC =
            Set.of(
                    "+", "-", "*", "/", "%", "**", "//", "<<", ">>", ">>>", "&", "|", "^", "~",
                    "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", ">>>=", "&=", "|=", "^=", "++",
                    "--", "//=", "**=");

    private static final Set<String> ORDER = Set.of("<", ">", "<=", ">=");

    private static final Set<String> ELEMENTS =
            Set.of(
                    "array_access",
                    "subscript",
                    "subscript_expression",
                    "index_expression",
                    "array_type");

    private static final Set<String> CALLS =
            Set.of(
                    "method_invocation",
                    "call",
                    "call_expression",
                    "object_creation_expression",
                    "new_expression",
                    "macro_invocation");

    private static final Set<String> ANNOTATIONS =
            Set.of("annotation", "marker_annotation", "decorator", "attribute_item");

    private static final Set<String> EXCEPTIONS =
            Set.of(
                    "try_statement",
                    "try_with_resources_statement",
                    "throw_statement",
                    "raise_statement",
                    "catch_clause",
                    "except_clause",
                    "finally_clause",
                    "with_statement",
                    "throws",
                    "try_expression");

    private static final Set<String> SELF = Set.of("this", "self", "super", "cls");

    private static final Set<String> NULLS =
            Set.of("null", "null_literal", "none", "None", "nil", "undefined", "nullptr");

    private static final Pattern WORD_END =
            Pattern.compile("(?<=[a-z])(?=[A-Z])|[^A-Za-z]+|(?<=[A-Z])(?=[A-Z][a-z])");

    private final Map<Feature, Double> values = new EnumMap<>(Feature.class);

    private CodeFeatures() {}

    /** Reads a function. */
    static CodeFeatures of(Language language, String text) {
        Map<Feature, Integer> counts = new EnumMap<>(Feature.class);
        int tokens = 0;
        try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
            for (Node node : tree.root().preorder()) {
                count(node, counts);
                if (!node.isComment() && node.children().isEmpty()) {
                    tokens++;
                }
            }
        }
        CodeFeatures features = new CodeFeatures();
        for (Feature feature : Feature.values()) {
            features.values.put(
                    feature,
                    feature == Feature.LENGTH
                            ? Math.log1p(tokens)
                            : 100.0 * counts.getOrDefault(feature, 0) / Math.max(1, tokens));
        }
        return features;
    }

    double get(Feature feature) {
        return values.getOrDefault(feature, 0.0);
    }

    private static void count(Node node, Map<Feature, Integer> counts) {
        String kind = node.kind();
        if (LOOPS.contains(kind)) {
            add(counts, Feature.LOOPS);
        } else if (ELEMENTS.contains(kind)) {
            add(counts, Feature.ELEMENTS);
        } else if (CALLS.contains(kind) && node.named()) {
            add(counts, Feature.CALLS);
        } else if (ANNOTATIONS.contains(kind)) {
            add(counts, Feature.ANNOTATIONS);
        } else if (EXCEPTIONS.contains(kind) && node.named()) {
            add(counts, Feature.EXCEPTIONS);
        } else if (kind.contains("integer") && kind.endsWith("literal")
                || kind.contains("floating_point")
                || node.named() && (kind.equals("integer") || kind.equals("float"))
                || kind.equals("number")
                || kind.equals("number_literal")) {
            add(counts, Feature.NUMBERS);
        } else if (kind.equals("string")
                || kind.equals("string_literal")
                || kind.equals("template_string")
                || kind.equals("interpreted_string_literal")) {
            add(counts, Feature.TEXTS);
        }
        if (!node.children().isEmpty()) {
            return;
        }
        if (NULLS.contains(kind)) {
            add(counts, Feature.NULLS);
        } else if (!node.named() && ARITHMETIC.contains(kind)) {
            add(counts, Feature.ARITHMETIC);
        } else if (!node.named() && ORDER.contains(kind)) {
            add(counts, Feature.ORDER);
        } else if (SELF.contains(kind) || kind.equals("identifier") && SELF.contains(node.text())) {
            add(counts, Feature.SELF);
        } else if (kind.endsWith("identifier")) {
            words(node.text(), counts);
        }
    }

    private static void words(String name, Map<Feature, Integer> counts) {
        for (String part : WORD_END.split(name)) {
            String word = part.toLowerCase(Locale.ROOT);
            if (ALGORITHM_WORDS.contains(word)) {
                add(counts, Feature.ALGORITHM_WORDS);
            } else if (SYSTEM_WORDS.contains(word)) {
                add(counts, Feature.SYSTEM_WORDS);
            }
        }
    }

    private static void add(Map<Feature, Integer> counts, Feature feature) {
        counts.merge(feature, 1, Integer::sum);
    }
}
