package io.prefstream.jobs.generators;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.Prompt;
import io.prefstream.jobs.common.syntax.Language;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a model is asked for a function, and how its answer becomes code. */
public enum PromptStyle {
    /**
     * A model that continues source files: documentation comment and signature inside a class, up
     * to the brace that closes the function. Java only.
     */
    CODE {
        @Override
        public boolean speaks(Language language) {
            return language == Language.JAVA;
        }

        @Override
        public Prompt prompt(Instruction instruction, Language language) {
            String doc =
                    instruction.said().isEmpty()
                            ? ""
                            : "    /**\n     * %s\n     */\n".formatted(instruction.said());
            return new Prompt.Text(doc + "    " + instruction.signature() + " {");
        }

        /**
         * The function stands there already; a comment says that what follows is the better one.
         */
        @Override
        public Prompt better(Instruction instruction, Language language, String code) {
            return new Prompt.Text(
                    code.indent(4)
                            + "\n    // Rewritten without its mistakes.\n"
                            + ((Prompt.Text) prompt(instruction, language)).text());
        }

        @Override
        public List<String> stops() {
            return List.of("\n    }");
        }

        @Override
        public String code(Instruction instruction, Generation answer) {
            String body = answer.text().replace("\n    ", "\n");
            return instruction.signature() + " {" + body.stripTrailing() + "\n}";
        }
    },

    /** A model that follows instructions: the code in its answer, without fences. */
    CHAT {
        @Override
        public boolean speaks(Language language) {
            return true;
        }

        @Override
        public Prompt prompt(Instruction instruction, Language language) {
            return new Prompt.Chat(
                    List.of(
                            new ChatMessage(
                                    "user",
                                    "Write this function in %s. Answer with its code alone.\n\n%s"
                                            .formatted(
                                                    language.name().toLowerCase(Locale.ROOT),
                                                    instruction.text()))));
        }

        @Override
        public Prompt better(Instruction instruction, Language language, String code) {
            return new Prompt.Chat(
                    List.of(
                            new ChatMessage(
                                    "user",
                                    ("This was to be written in %s:\n\n"
                                         + "%s\n\n"
                                         + "This was written:\n\n"
                                         + "```\n"
                                         + "%s\n"
                                         + "```\n\n"
                                         + "If it is right and nothing about it can be made better,"
                                         + " answer with the one word %s. Otherwise answer with the"
                                         + " better code alone.")
                                            .formatted(
                                                    language.name().toLowerCase(Locale.ROOT),
                                                    instruction.text(),
                                                    code,
                                                    GOOD))));
        }

        @Override
        public List<String> stops() {
            return List.of();
        }

        @Override
        public String code(Instruction instruction, Generation answer) {
            return unfenced(answer.text());
        }
    };

    /** What a model that follows instructions answers where nothing can be made better. */
    public static final String GOOD = "GOOD";

    private static final Pattern FENCED =
            Pattern.compile("```[^\\n]*\\n(.*?)\\n?```", Pattern.DOTALL);

    /** The first fenced block of an answer; all of it where there is none. */
    public static String unfenced(String answer) {
        Matcher fenced = FENCED.matcher(answer);
        return (fenced.find() ? fenced.group(1) : answer).strip();
    }

    /** Whether functions of this language can be asked for. */
    public abstract boolean speaks(Language language);

    public abstract Prompt prompt(Instruction instruction, Language language);

    /** Asks for what is better than this answer to an instruction. */
    public abstract Prompt better(Instruction instruction, Language language, String code);

    /** Texts before which an answer ends. */
    public abstract List<String> stops();

    /** The answer as a function. */
    public abstract String code(Instruction instruction, Generation answer);
}
