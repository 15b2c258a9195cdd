package io.prefstream.synthesize;

import io.prefstream.schemas.CodeSnippet;

/**
 * A way to make a better and a worse answer from a snippet.
 *
 * <p>Knows no Flink. One instance is used by one thread.
 */
public interface Strategy {

    /** Its name on records, in kebab case. */
    String name();

    /**
     * Tries to make a pair.
     *
     * @param seed of all random choices: the same snippet and seed give the same bytes
     */
    Attempt attempt(CodeSnippet snippet, long seed);
}
