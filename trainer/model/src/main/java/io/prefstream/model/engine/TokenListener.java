package io.prefstream.model.engine;

import io.prefstream.generation.FinishReason;
import java.util.List;

/**
 * Takes the tokens of one generation, one call after another, from whichever lane made the step.
 * The engine's lock is held for {@link #token}, so it mustn't wait; not for the endings.
 */
interface TokenListener {

    /** A token and its log-probability before the temperature. */
    record Chosen(int token, double logProbability) {}

    /**
     * The next token.
     *
     * @param top the most likely tokens in its place, best first, as many as were asked for
     * @return true when the text is complete with it
     */
    boolean token(Chosen chosen, List<Chosen> top);

    void finished(FinishReason reason, String model);

    void failed(Throwable why);
}
