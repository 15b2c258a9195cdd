package io.prefstream.model.tokenizer;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import jinjava.javax.el.ELException;
import org.jspecify.annotations.Nullable;

/**
 * The filter {@code tojson} as transformers has it: Python's {@code json.dumps} with {@code
 * ensure_ascii=False}, to the last space.
 */
final class PythonJson implements AdvancedFilter {
    @Override
    public String getName() {
        return "tojson";
    }

    @Override
    public Object filter(
            @Nullable Object value,
            JinjavaInterpreter interpreter,
            Object[] arguments,
            Map<String, Object> named) {
        for (String name : named.keySet()) {
            if (!name.equals("indent")
                    && !name.equals("ensure_ascii")
                    && !name.equals("sort_keys")) {
                throw new ELException("tojson: %s is not supported".formatted(name));
            }
        }
        if (arguments.length > 0) {
            throw new ELException("tojson: arguments need names");
        }
        int indent = named.get("indent") instanceof Number number ? number.intValue() : -1;
        StringBuilder json = new StringBuilder();
        new Writer(
                        json,
                        indent,
                        ChatJinja.truth(named.get("ensure_ascii")),
                        ChatJinja.truth(named.get("sort_keys")))
                .write(value, 0);
        return json.toString();
    }

    private record Writer(StringBuilder out, int indent, boolean ascii, boolean sorted) {

        void write(@Nullable Object value, int depth) {
            if (value instanceof Map<?, ?> map) {
                writeMap(sorted ? new TreeMap<>(map) : map, depth);
            } else if (value instanceof Collection<?> items) {
                writeList(items, depth);
            } else if (value == null || value instanceof Number || value instanceof Boolean) {
                out.append(value);
            } else {
                writeText(value.toString());
            }
        }

        private void writeMap(Map<?, ?> map, int depth) {
            String between = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(between);
                between = separator();
                newLine(depth + 1);
                writeText(String.valueOf(entry.getKey()));
                out.append(": ");
                write(entry.getValue(), depth + 1);
            }
            if (map.isEmpty()) {
                out.append('{');
            } else {
                newLine(depth);
            }
            out.append('}');
        }

        private void writeList(Collection<?> items, int depth) {
            String between = "[";
            for (Object item : items) {
                out.append(between);
                between = separator();
                newLine(depth + 1);
                write(item, depth + 1);
            }
            if (items.isEmpty()) {
                out.append('[');
            } else {
                newLine(depth);
            }
            out.append(']');
        }

        private String separator() {
            return indent < 0 ? ", " : ",";
        }

        private void newLine(int depth) {
            if (indent >= 0) {
                out.append('\n').append(" ".repeat(indent * depth));
            }
        }

        private void writeText(String text) {
            out.append('"');
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                switch (c) {
                    case '"' -> out.append("\\\"");
                    case '\\' -> out.append("\\\\");
                    case '\n' -> out.append("\\n");
                    case '\r' -> out.append("\\r");
                    case '\t' -> out.append("\\t");
                    case '\b' -> out.append("\\b");
                    case '\f' -> out.append("\\f");
                    default -> {
                        if (c < ' ' || (ascii && c > '~')) {
                            out.append("\\u%04x".formatted((int) c));
                        } else {
                            out.append(c);
                        }
                    }
                }
            }
            out.append('"');
        }
    }
}
