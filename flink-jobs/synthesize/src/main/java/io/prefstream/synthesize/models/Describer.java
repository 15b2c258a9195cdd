package io.prefstream.synthesize.models;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Instruction;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.synthesize.Instructions;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Where the instruction of a pair comes from: the documentation comment, or a model that reads the
 * code and says what it is for and what it does, as CodePMP's summarizer does (arXiv 2410.02229,
 * section 3.1).
 */
final class Describer {

    /** Who describes. */
    enum Source {
        /** The documentation comment; where it says nothing useful, the signature alone. */
        DOC_COMMENT,
        /** The documentation comment; a model where it says nothing useful. */
        DOC_COMMENT_OR_MODEL,
        /** A model. */
        MODEL
    }

    /** What an answer is asked to be good at, beside being right. */
    enum Criterion {
        CORRECTNESS("Handle every input correctly, edge cases too."),
        EFFICIENCY("Make it as fast and as sparing with memory as it can be."),
        READABILITY("Make it easy to read and to maintain."),
        SECURITY("Make it safe with input that an attacker chose.");

        private final String sentence;

        Criterion(String sentence) {
            this.sentence = sentence;
        }
    }

    /**
     * How instructions are made.
     *
     * @param criteria of which one is added to each instruction, by seed; empty for none
     * @param maxDocChars most characters of a description
     * @param maxChars most characters of an instruction
     */
    record Settings(Source source, List<Criterion> criteria, int maxDocChars, int maxChars)
            implements Serializable {
        Settings {
            criteria = List.copyOf(criteria);
        }
    }

    private final Settings settings;
    private final GeneratorPool models;

    Describer(Settings settings, GeneratorPool models) {
        this.settings = settings;
        this.models = models;
    }

    /** The instruction of a function. */
    CompletableFuture<Instruction> describe(
            CodeSnippet snippet, Language language, Seeds seeds, RetryBudget budget) {
        Instruction written = Instructions.of(snippet, language, settings.maxDocChars);
        boolean ask =
                settings.source == Source.MODEL
                        || settings.source == Source.DOC_COMMENT_OR_MODEL
                                && written.said().isEmpty();
        CompletableFuture<Instruction> instruction =
                ask
                        ? asked(snippet, language, seeds, budget)
                        : CompletableFuture.completedFuture(written);
        if (settings.criteria.isEmpty()) {
            return instruction;
        }
        int which = (int) (seeds.fraction("criterion") * settings.criteria.size());
        String sentence = settings.criteria.get(which).sentence;
        return instruction.thenApply(described -> described.saying(sentence));
    }

    private CompletableFuture<Instruction> asked(
            CodeSnippet snippet, Language language, Seeds seeds, RetryBudget budget) {
        Writer writer = models.writer(Role.DESCRIBER, seeds.fraction("describer"));
        return writer.ask(prompt(snippet, language), List.of(), seeds.of("describe"), budget)
                .thenApply(answer -> instruction(snippet, language, answer));
    }

    private Instruction instruction(CodeSnippet snippet, Language language, Generation answer) {
        String said =
                Instructions.shorten(
                        Instructions.clean(answer.text(), language), settings.maxDocChars);
        return new Instruction(said, snippet.getSignature(), Writer.nameOf(answer));
    }

    private static Prompt prompt(CodeSnippet snippet, Language language) {
        return new Prompt.Chat(
                List.of(
                        new ChatMessage(
                                "user",
                                ("Say in one to three sentences what this %s function is for and"
                                     + " what it does, so that somebody could write it who has not"
                                     + " seen it. No code, no opinion.\n\n"
                                     + "%s")
                                        .formatted(
                                                language.name().toLowerCase(Locale.ROOT),
                                                snippet.getText()))));
    }
}
