package io.prefstream.model.tokenizer;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELException;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * Characters and methods of texts in templates, as Python's {@code str} has them. Without it they
 * would be those of Java's strings: {@code split} with a regular expression, for one.
 *
 * <p>Source: "Text Sequence Type" in the Python 3 library reference.
 */
final class PythonStrings extends ELResolver {
    private static final Pattern LINE_END =
            Pattern.compile("\\r\\n|[\\n\\r\\x0b\\f\\x1c-\\x1e\\x85\\u2028\\u2029]");

    /** A character by its index, which may be negative; texts have no other attributes. */
    @Override
    public @Nullable Object getValue(ELContext context, Object base, Object property) {
        if (!(base instanceof String text)) {
            return null;
        }
        context.setPropertyResolved(true);
        String index = property.toString();
        if (!index.matches("-?\\d{1,9}")) {
            return null;
        }
        int[] points = text.codePoints().toArray();
        int at = Integer.parseInt(index);
        at += at < 0 ? points.length : 0;
        return at < 0 || at >= points.length ? null : Character.toString(points[at]);
    }

    @Override
    public @Nullable Object invoke(
            ELContext context,
            Object base,
            Object method,
            Class<?> @Nullable [] types,
            Object[] arguments) {
        if (!(base instanceof String text)) {
            return null;
        }
        context.setPropertyResolved(true);
        return call(text, method.toString(), new Arguments(method.toString(), arguments));
    }

    private static Object call(String text, String method, Arguments given) {
        return switch (method) {
            case "strip" -> strip(text, given.textOrNull(0), true, true);
            case "lstrip" -> strip(text, given.textOrNull(0), true, false);
            case "rstrip" -> strip(text, given.textOrNull(0), false, true);
            case "split" -> split(text, given.textOrNull(0), given.number(1, -1));
            case "rsplit" -> rsplit(text, given.text(0), given.number(1, -1));
            case "splitlines" -> lines(text);
            case "partition" -> partition(text, given.text(0), text.indexOf(given.text(0)));
            case "startswith" -> given.texts(0).stream().anyMatch(text::startsWith);
            case "endswith" -> given.texts(0).stream().anyMatch(text::endsWith);
            case "removeprefix" ->
                    text.startsWith(given.text(0)) ? text.substring(given.text(0).length()) : text;
            case "removesuffix" ->
                    text.endsWith(given.text(0))
                            ? text.substring(0, text.length() - given.text(0).length())
                            : text;
            case "replace" -> replace(text, given.text(0), given.text(1), given.number(2, -1));
            case "find" -> (long) position(text, text.indexOf(given.text(0)));
            case "rfind" -> (long) position(text, text.lastIndexOf(given.text(0)));
            case "count" -> (long) split(text, given.text(0), -1).size() - 1;
            case "join" -> String.join(text, given.texts(0));
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> capitalize(text);
            case "title" -> title(text);
            case "isdigit" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, PythonStrings::isSpace);
            default -> throw new ELException("text has no method " + method);
        };
    }

    private static String strip(
            String text, @Nullable String characters, boolean left, boolean right) {
        IntPredicate cut =
                characters == null ? PythonStrings::isSpace : c -> characters.indexOf(c) >= 0;
        int begin = 0;
        int end = text.length();
        while (left && begin < end && cut.test(text.charAt(begin))) {
            begin++;
        }
        while (right && end > begin && cut.test(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    /**
     * @param separator null for runs of white space, of which none are at the ends
     * @param most cuts that are made at most; negative for any number
     */
    private static List<String> split(String text, @Nullable String separator, int most) {
        List<String> parts = new ArrayList<>();
        if (separator == null) {
            String rest = strip(text, null, true, false);
            while (!rest.isEmpty() && parts.size() != most) {
                int end = 0;
                while (end < rest.length() && !isSpace(rest.charAt(end))) {
                    end++;
                }
                parts.add(rest.substring(0, end));
                rest = strip(rest.substring(end), null, true, false);
            }
            if (!rest.isEmpty()) {
                parts.add(strip(rest, null, false, true));
            }
            return parts;
        }
        int from = 0;
        for (int at = text.indexOf(separator);
                at >= 0 && parts.size() != most;
                at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<String> rsplit(String text, String separator, int most) {
        List<String> parts = new ArrayList<>();
        int to = text.length();
        for (int at = text.lastIndexOf(separator);
                at >= 0 && parts.size() != most;
                at = text.lastIndexOf(separator, to - separator.length())) {
            parts.add(text.substring(at + separator.length(), to));
            to = at;
        }
        parts.add(text.substring(0, to));
        Collections.reverse(parts);
        return parts;
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>(Arrays.asList(LINE_END.split(text, -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private static List<String> partition(String text, String separator, int at) {
        return at < 0
                ? List.of(text, "", "")
                : List.of(
                        text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static String replace(String text, String old, String by, int most) {
        if (most < 0) {
            return text.replace(old, by);
        }
        if (old.isEmpty()) {
            throw new ELException("replace: an empty text can't be replaced a number of times");
        }
        return String.join(by, split(text, old, most));
    }

    /** Python counts characters, Java the halves of those beyond 16 bits. */
    private static int position(String text, int at) {
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    private static String capitalize(String text) {
        int first = text.isEmpty() ? 0 : text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String title(String text) {
        StringBuilder titled = new StringBuilder();
        boolean inside = false;
        for (int point : text.codePoints().toArray()) {
            titled.appendCodePoint(
                    inside ? Character.toLowerCase(point) : Character.toTitleCase(point));
            inside = Character.isLetter(point);
        }
        return titled.toString();
    }

    private static boolean all(String text, IntPredicate which) {
        return !text.isEmpty() && text.codePoints().allMatch(which);
    }

    private static boolean isSpace(int point) {
        return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
    }

    /** Arguments of one call. */
    private record Arguments(String method, Object[] values) {

        @Nullable String textOrNull(int i) {
            return i < values.length && values[i] != null ? text(i) : null;
        }

        String text(int i) {
            if (i < values.length && values[i] instanceof String text) {
                if (text.isEmpty() && (method.contains("split") || method.equals("count"))) {
                    throw new ELException(method + ": the separator is empty");
                }
                return text;
            }
            throw new ELException("%s: argument %d must be a text".formatted(method, i + 1));
        }

        /** One text, or several in a list or tuple. */
        List<String> texts(int i) {
            if (i < values.length && values[i] instanceof Iterable<?> several) {
                return StreamSupport.stream(several.spliterator(), false)
                        .map(Objects::toString)
                        .collect(Collectors.toList());
            }
            return List.of(text(i));
        }

        int number(int i, int otherwise) {
            if (i >= values.length) {
                return otherwise;
            }
            if (values[i] instanceof Number number) {
                return number.intValue();
            }
            throw new ELException("%s: argument %d must be a number".formatted(method, i + 1));
        }
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(
            ELContext context, Object base) {
        return null;
    }

    @Override
    public @Nullable Class<?> getType(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        if (base instanceof String) {
            throw new ELException("texts can't be changed");
        }
    }
}
