package io.prefstream.model.tokenizer;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.lib.tag.IfTag;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.ObjectIterator;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.ELException;

/** The tags that Jinjava lacks or reads otherwise than Jinja2 and transformers. */
final class JinjaTags {
    private JinjaTags() {}

    static List<Tag> all() {
        return List.of(new If(), new For(), new Generation());
    }

    /** The text "false" is true, as any text that isn't empty. */
    private static final class If extends IfTag {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean isPositiveIfElseNode(TagNode node, JinjavaInterpreter interpreter) {
            return ChatJinja.truth(
                    interpreter.resolveELExpression(node.getHelpers(), node.getLineNumber()));
        }
    }

    /** With {@code for x in xs if condition}: the loop sees only those of which it is true. */
    private static final class For extends ForTag {
        private static final long serialVersionUID = 1L;

        @Override
        public String interpretUnchecked(TagNode node, JinjavaInterpreter interpreter) {
            var loop = getLoopVarsAndExpression((TagToken) node.getMaster());
            List<String> names = loop.getLeft();
            String expression = loop.getRight();
            int at = conditionOf(expression);
            int line = node.getLineNumber();
            if (at < 0) {
                return super.interpretUnchecked(node, interpreter);
            }
            Object items = interpreter.resolveELExpression(expression.substring(0, at), line);
            List<Object> chosen = new ArrayList<>();
            ForLoop all = ObjectIterator.getLoop(items);
            while (all.hasNext()) {
                Object item = all.next();
                try (var scope = interpreter.enterScope()) {
                    bind(names, item, interpreter);
                    if (ChatJinja.truth(
                            interpreter.resolveELExpression(
                                    expression.substring(at + " if ".length()), line))) {
                        chosen.add(item);
                    }
                }
            }
            return renderForCollection(node, interpreter, names, chosen);
        }

        private static void bind(List<String> names, Object item, JinjavaInterpreter interpreter) {
            if (names.size() == 1) {
                interpreter.getContext().put(names.get(0), item);
                return;
            }
            List<?> values =
                    item instanceof Map.Entry<?, ?> entry
                            ? List.of(entry.getKey(), entry.getValue())
                            : item instanceof List<?> list ? list : List.of();
            if (values.size() != names.size()) {
                throw new ELException("for: %s can't be unpacked".formatted(names));
            }
            Iterator<?> value = values.iterator();
            names.forEach(name -> interpreter.getContext().put(name, value.next()));
        }

        /** Where {@code " if "} stands outside of quotes and brackets, or -1. */
        private static int conditionOf(String expression) {
            int depth = 0;
            char quote = 0;
            for (int i = 0; i < expression.length(); i++) {
                char c = expression.charAt(i);
                if (quote != 0) {
                    if (c == '\\') {
                        i++;
                    } else if (c == quote) {
                        quote = 0;
                    }
                } else if (c == '"' || c == '\'') {
                    quote = c;
                } else if ("([{".indexOf(c) >= 0) {
                    depth++;
                } else if (")]}".indexOf(c) >= 0) {
                    depth--;
                } else if (depth == 0 && expression.startsWith(" if ", i)) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Marks what the assistant says, for masks of training data; the text is what is in it. */
    private static final class Generation implements Tag {
        private static final long serialVersionUID = 1L;

        @Override
        public String getName() {
            return "generation";
        }

        @Override
        public String getEndTagName() {
            return "endgeneration";
        }

        @Override
        public String interpret(TagNode node, JinjavaInterpreter interpreter) {
            StringBuilder text = new StringBuilder();
            for (Node child : node.getChildren()) {
                text.append(child.render(interpreter).getValue());
            }
            return text.toString();
        }
    }
}
