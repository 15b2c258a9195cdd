package io.prefstream.trainer.evaluate;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which answer a response gives, in a form in which equal answers are equal texts; so answers can
 * be checked and counted as votes by the same rule.
 */
enum AnswerRule {
    /** A number: {@link NumberAnswer}. */
    GSM8K(NumberAnswer::of),
    /** A mathematical expression in a box: {@link MathAnswer}. */
    MATH(MathAnswer::of),
    /** A letter of a choice: {@link ChoiceAnswer}. */
    CHOICE(ChoiceAnswer::of);

    private final Function<String, Optional<String>> reader;

    AnswerRule(Function<String, Optional<String>> reader) {
        this.reader = reader;
    }

    /** A response's answer, empty where it gives none that the rule can read. */
    Optional<String> answer(String response) {
        return reader.apply(response);
    }

    /**
     * The answer that is right, from what a benchmark's file says: a whole solution, or the answer
     * alone; of choices also the option's index from 0.
     */
    Optional<String> gold(String given) {
        if (this == CHOICE && given.matches("\\d{1,2}") && Integer.parseInt(given) < 26) {
            return Optional.of(String.valueOf((char) ('A' + Integer.parseInt(given))));
        }
        return this == MATH ? MathAnswer.gold(given) : answer(given);
    }

    /** As {@link #gold}, of a whole solution: of mathematics, which must have a box, only that. */
    Optional<String> goldOfSolution(String solution) {
        return this == MATH ? MathAnswer.goldOfSolution(solution) : gold(solution);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
