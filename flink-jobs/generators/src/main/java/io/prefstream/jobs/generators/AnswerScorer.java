package io.prefstream.jobs.generators;

import java.util.concurrent.CompletableFuture;

/** A preference model that says how good an answer is. */
public interface AnswerScorer extends AutoCloseable {

    /** The reward of an answer to an instruction; more is better. */
    CompletableFuture<Float> reward(String instruction, String answer);

    @Override
    void close();
}
