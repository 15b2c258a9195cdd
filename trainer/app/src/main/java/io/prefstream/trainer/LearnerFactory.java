package io.prefstream.trainer;

import java.io.IOException;

/** Makes the learner of a configuration. */
@FunctionalInterface
interface LearnerFactory {

    /** A learner for the configured model, at its fresh state. */
    Learner create(TrainerConfig config) throws IOException;
}
