package io.prefstream.trainer.pairs;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What stands around a question: a model is to be asked as it was tuned. */
public enum PromptFormat {
    /** Nothing; a passage is a paragraph in front of the question. */
    PLAIN,
    /** As CodePMP's scripts do with Math-Shepherd. */
    MATH_SHEPHERD,
    /** As CodePMP's scripts do with ReClor, whose questions have a passage. */
    RECLOR,
    /** As {@link #RECLOR}. */
    LOGIQA2;

    /** Whether a question without a passage can't be asked. */
    public boolean needsPassage() {
        return this == RECLOR || this == LOGIQA2;
    }

    /**
     * The prompt.
     *
     * @throws IllegalArgumentException if there must be a passage and is none
     */
    public String prompt(@Nullable String passage, String question) {
        if (needsPassage()) {
            if (passage == null) {
                throw new IllegalArgumentException(this + " needs a passage");
            }
            return "Instruction: Please answer the following questions based on the passages.\n\n"
                    + "Passage: "
                    + passage
                    + "\n\nQuestion: "
                    + question
                    + "\n\nResponse:";
        }
        String whole = passage == null ? question : passage + "\n\n" + question;
        return this == PLAIN ? whole : "Instruction:" + whole + "\n\nResponse:";
    }

    /** Its name as it is written on the command line: {@code math-shepherd}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
