package io.prefstream.jobs.generators.release;

import java.io.IOException;
import java.io.Serializable;

/** Opens a preference model in the task that asks it. */
@FunctionalInterface
public interface AnswerScorerFactory extends Serializable {

    AnswerScorer open() throws IOException;
}
