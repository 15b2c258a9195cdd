package io.prefstream.model.tokenizer;

import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.ext.AdditionOperator;
import com.hubspot.jinjava.el.ext.AstNamedParameter;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameterOperator;
import com.hubspot.jinjava.el.ext.OrOperator;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import jinjava.de.odysseus.el.misc.TypeConverter;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.Scanner.Symbol;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstBracket;
import jinjava.de.odysseus.el.tree.impl.ast.AstDot;
import jinjava.de.odysseus.el.tree.impl.ast.AstIdentifier;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.de.odysseus.el.tree.impl.ast.AstRightValue;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import org.jspecify.annotations.Nullable;

/**
 * Jinjava's expressions, read and computed as Jinja2 does where the two differ: {@code not} binds
 * weaker than a comparison, the value of a named argument reaches to the next comma, {@code
 * x[::-1]} is a slice, {@code and} and {@code or} give an operand, and unknown filters, unknown
 * tests, attributes of what is undefined and text added to something else are errors.
 *
 * <p>Source: the grammar in the Template Designer Documentation of Jinja 3.1.
 */
final class JinjaParser extends ExtendedParser {
    private static final AstBinary.Operator ADD =
            new AdditionOperator() {
                @Override
                protected Object apply(
                        TypeConverter converter, @Nullable Object left, @Nullable Object right) {
                    if (left == null || right == null || kind(left) != kind(right)) {
                        throw new ELException(
                                "can't add %s and %s".formatted(named(left), named(right)));
                    }
                    return super.apply(converter, left, right);
                }
            };

    private static final AstBinary.Operator AND =
            (bindings, context, left, right) -> {
                Object first = left.eval(bindings, context);
                return ChatJinja.truth(first) ? right.eval(bindings, context) : first;
            };

    private static final AstBinary.Operator OR =
            (bindings, context, left, right) -> {
                Object first = left.eval(bindings, context);
                return ChatJinja.truth(first) ? first : right.eval(bindings, context);
            };

    private JinjaParser(Builder context, String expression) {
        super(context, expression);
    }

    /** Makes trees with this parser. */
    static final class TreeBuilder extends ExtendedSyntaxBuilder {
        private static final long serialVersionUID = 1L;

        TreeBuilder() {
            super(Feature.METHOD_INVOCATIONS, Feature.VARARGS);
        }

        @Override
        protected Parser createParser(String expression) {
            return new JinjaParser(this, expression);
        }
    }

    @Override
    protected boolean shouldUseFilterChainOptimization() {
        return false;
    }

    /** Filters and tests are identifiers with a prefix; one that isn't known would be null. */
    @Override
    protected AstIdentifier createAstIdentifier(String name, int index) {
        Context known = JinjavaInterpreter.getCurrent().getContext();
        if (name.startsWith(FILTER_PREFIX)) {
            String filter = name.substring(FILTER_PREFIX.length());
            if (known.getFilter(filter) == null) {
                throw new ELException("there is no filter " + filter);
            }
        } else if (name.startsWith(EXPTEST_PREFIX)) {
            String test = name.substring(EXPTEST_PREFIX.length());
            if (known.getExpTest(test) == null) {
                throw new ELException("there is no test " + test);
            }
        }
        return super.createAstIdentifier(name, index);
    }

    @Override
    protected AstNode eq(boolean required) throws Scanner.ScanException, ParseException {
        if (getToken().getSymbol() == Symbol.NOT) {
            consumeToken();
            return createAstUnary(eq(true), AstUnary.NOT);
        }
        return super.eq(required);
    }

    @Override
    protected AstParameters params(Symbol left, Symbol right)
            throws Scanner.ScanException, ParseException {
        consumeToken(left);
        List<AstNode> parameters = new ArrayList<>();
        while (getToken().getSymbol() != right) {
            parameters.add(parameter());
            if (getToken().getSymbol() != right) {
                consumeToken(Symbol.COMMA);
            }
        }
        consumeToken(right);
        return createAstParameters(parameters);
    }

    private AstNode parameter() throws Scanner.ScanException, ParseException {
        if (getToken().getSymbol() == Symbol.IDENTIFIER
                && lookahead(0) == NamedParameterOperator.TOKEN) {
            AstIdentifier name = identifier(consumeToken().getImage());
            consumeToken();
            return new AstNamedParameter(name, super.expr(true));
        }
        return super.expr(true);
    }

    @Override
    protected @Nullable AstNode expr(boolean required)
            throws Scanner.ScanException, ParseException {
        if (!required
                && getToken().getSymbol() == Symbol.COLON
                && lookahead(0).getSymbol() == Symbol.COLON) {
            consumeToken();
            consumeToken();
            return new Step(super.expr(true));
        }
        return super.expr(required);
    }

    @Override
    protected AstBinary createAstBinary(AstNode left, AstNode right, AstBinary.Operator operator) {
        AstBinary.Operator python = operator;
        if (operator == AdditionOperator.OP) {
            python = ADD;
        } else if (operator == AstBinary.AND) {
            python = AND;
        } else if (operator == OrOperator.OP) {
            python = OR;
        }
        return super.createAstBinary(left, right, python);
    }

    @Override
    protected AstBracket createAstBracket(
            AstNode base, AstNode property, boolean lvalue, boolean strict) {
        if (property instanceof Step step) {
            return new Stepped(base, step);
        }
        return super.createAstBracket(new Defined(base), property, lvalue, strict);
    }

    @Override
    protected AstDot createAstDot(AstNode base, String property, boolean lvalue) {
        return super.createAstDot(new Defined(base), property, lvalue);
    }

    private static int kind(Object value) {
        if (value instanceof Number) {
            return 0;
        }
        return value instanceof Collection ? 1 : 2;
    }

    private static String named(@Nullable Object value) {
        if (value == null) {
            return "what is undefined";
        }
        return kind(value) == 2 ? "text" : kind(value) == 1 ? "a list" : "a number";
    }

    /** What an attribute or a method is asked of: Jinjava would go on with null. */
    private static final class Defined extends AstRightValue {
        private final AstNode base;

        Defined(AstNode base) {
            this.base = base;
        }

        @Override
        public Object eval(Bindings bindings, ELContext context) {
            Object value = base.eval(bindings, context);
            if (value == null) {
                throw new ELException(
                        getStructuralId(bindings) + " is undefined, it has no attributes");
            }
            return value;
        }

        @Override
        public void appendStructure(StringBuilder text, Bindings bindings) {
            base.appendStructure(text, bindings);
        }

        @Override
        public int getCardinality() {
            return 1;
        }

        @Override
        public AstNode getChild(int i) {
            return base;
        }
    }

    /** The brackets of {@code x[::step]}. */
    private static final class Step extends AstParameters {
        Step(AstNode step) {
            super(List.of(step));
        }
    }

    /** Every so many items of a list, or characters of a text; from the end for a negative step. */
    private static final class Stepped extends AstBracket {
        Stepped(AstNode base, Step step) {
            super(base, step.getChild(0), false, false);
        }

        @Override
        public Object eval(Bindings bindings, ELContext context) {
            Object base = getPrefix().eval(bindings, context);
            if (!(property.eval(bindings, context) instanceof Number number)
                    || number.intValue() == 0) {
                throw new ELException("a slice's step must be a number other than 0");
            }
            if (base instanceof String text) {
                StringBuilder taken = new StringBuilder();
                List<Integer> points = text.codePoints().boxed().toList();
                take(points, number.intValue()).forEach(taken::appendCodePoint);
                return taken.toString();
            }
            if (base instanceof Collection<?> items) {
                return take(new ArrayList<>(items), number.intValue());
            }
            throw new ELException(named(base) + " can't be sliced");
        }

        private static <T> List<T> take(List<T> items, int step) {
            List<T> taken = new ArrayList<>();
            for (int i = step > 0 ? 0 : items.size() - 1; i >= 0 && i < items.size(); i += step) {
                taken.add(items.get(i));
            }
            return taken;
        }
    }
}
