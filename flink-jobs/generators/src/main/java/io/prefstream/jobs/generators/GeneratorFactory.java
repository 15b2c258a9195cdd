package io.prefstream.jobs.generators;

import io.prefstream.generation.TextGenerator;
import java.io.IOException;
import java.io.Serializable;

/** Opens a model in the task that asks it. */
@FunctionalInterface
public interface GeneratorFactory extends Serializable {

    /**
     * @param device that Flink gave this process, such as {@code cuda:1}; cpu where it gave none
     */
    TextGenerator open(String device) throws IOException;
}
