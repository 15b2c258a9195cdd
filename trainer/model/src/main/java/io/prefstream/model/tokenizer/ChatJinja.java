package io.prefstream.model.tokenizer;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpreterFactory;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.exptest.IsIterableExpTest;
import com.hubspot.jinjava.lib.exptest.IsSequenceExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.filter.FirstFilter;
import com.hubspot.jinjava.lib.filter.LastFilter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import com.hubspot.jinjava.util.ObjectTruthValue;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Locale;
import jinjava.de.odysseus.el.ExpressionFactoryImpl;
import jinjava.de.odysseus.el.tree.TreeStore;
import jinjava.de.odysseus.el.tree.impl.Cache;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ExpressionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Jinjava, set and extended so that the chat templates of published models read as in transformers:
 * its block trimming, its functions {@code raise_exception} and {@code strftime_now}, texts with
 * Python's methods, Python's {@code True} and {@code False}.
 *
 * <p>What a variable holds is never rendered again: messages are from strangers.
 */
final class ChatJinja extends Jinjava {
    /** Expressions whose trees are kept; a template has some dozens. */
    private static final int TREES = 1_000;

    private final ExpressionFactory expressions =
            new ExpressionFactoryImpl(
                    new TreeStore(new JinjaParser.TreeBuilder(), new Cache(TREES)),
                    new Converter());

    /**
     * @param clock what {@code strftime_now} tells, in its zone
     */
    ChatJinja(Clock clock) {
        super(
                JinjavaConfig.newBuilder()
                        .withNestedInterpretationEnabled(false)
                        .withTrimBlocks(true)
                        .withLstripBlocks(true)
                        .withEnableRecursiveMacroCalls(true)
                        .withTimeZone(clock.getZone())
                        .withDateTimeProvider(clock::millis)
                        .withElResolver(resolver())
                        .withInterperterFactory(new Interpreters())
                        .withLegacyOverrides(
                                LegacyOverrides.newBuilder()
                                        .withUsePyishObjectMapper(true)
                                        .withKeepNullableLoopValues(true)
                                        .withParseWhitespaceControlStrictly(true)
                                        .withUseTrimmingForNotesAndExpressions(true)
                                        .withHandleBackslashInQuotesOnly(true)
                                        .build())
                        .build());
        registerFunction(
                new ELFunctionDefinition(
                        "", "raise_exception", ChatJinja.class, "refuse", String.class));
        registerFunction(
                new ELFunctionDefinition("", "strftime_now", ChatJinja.class, "now", String.class));
        registerFilter(new PythonJson());
        registerFilter(ofText(new FirstFilter(), "0"));
        registerFilter(ofText(new LastFilter(), "-1"));
        registerExpTest(orText(new IsIterableExpTest()));
        registerExpTest(orText(new IsSequenceExpTest()));
        JinjaTags.all().forEach(this::registerTag);
        // Templates ask whether they are there before they call them.
        getGlobalContext().put("strftime_now", true);
        getGlobalContext().put("raise_exception", true);
    }

    @Override
    public ExpressionFactory getExpressionFactory() {
        return expressions;
    }

    /** What {@code raise_exception} of a template calls. */
    public static String refuse(String message) {
        throw new IllegalArgumentException(message);
    }

    /** What {@code strftime_now} of a template calls. */
    public static String now(String format) {
        JinjavaConfig config = JinjavaInterpreter.getCurrent().getConfig();
        Instant now = Instant.ofEpochMilli(config.getDateTimeProvider().getCurrentTimeMillis());
        return StrftimeFormatter.format(
                ZonedDateTime.ofInstant(now, config.getTimeZone()), format, Locale.ENGLISH);
    }

    /** Whether Python takes a value for true: any text that isn't empty, "false" too. */
    static boolean truth(@Nullable Object value) {
        return value instanceof String text ? !text.isEmpty() : ObjectTruthValue.evaluate(value);
    }

    private static CompositeELResolver resolver() {
        CompositeELResolver resolver = new CompositeELResolver();
        resolver.add(new PythonStrings());
        resolver.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
        return resolver;
    }

    /** A filter of lists that takes a character of a text. */
    private static Filter ofText(Filter ofLists, String index) {
        return new Filter() {
            @Override
            public String getName() {
                return ofLists.getName();
            }

            @Override
            public @Nullable Object filter(
                    @Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
                return value instanceof String
                        ? interpreter.resolveProperty(value, index)
                        : ofLists.filter(value, interpreter, arguments);
            }
        };
    }

    /** A test of lists that is true of texts, too. */
    private static ExpTest orText(ExpTest ofLists) {
        return new ExpTest() {
            @Override
            public String getName() {
                return ofLists.getName();
            }

            @Override
            public boolean evaluate(
                    @Nullable Object value, JinjavaInterpreter interpreter, Object... arguments) {
                return value instanceof String || ofLists.evaluate(value, interpreter, arguments);
            }
        };
    }

    private static final class Converter extends TruthyTypeConverter {
        private static final long serialVersionUID = 1L;

        @Override
        protected Boolean coerceToBoolean(@Nullable Object value) {
            return truth(value);
        }
    }

    private static final class Interpreters implements InterpreterFactory {
        @Override
        public JinjavaInterpreter newInstance(JinjavaInterpreter parent) {
            return new Interpreter(parent);
        }

        @Override
        public JinjavaInterpreter newInstance(
                Jinjava jinjava, Context context, JinjavaConfig config) {
            return new Interpreter(jinjava, context, config);
        }
    }

    private static final class Interpreter extends JinjavaInterpreter {
        Interpreter(Jinjava jinjava, Context context, JinjavaConfig config) {
            super(jinjava, context, config);
        }

        Interpreter(JinjavaInterpreter parent) {
            super(parent);
        }

        @Override
        public String getAsString(@Nullable Object value) {
            if (value instanceof Boolean truth) {
                return truth ? "True" : "False";
            }
            return super.getAsString(value);
        }
    }
}
