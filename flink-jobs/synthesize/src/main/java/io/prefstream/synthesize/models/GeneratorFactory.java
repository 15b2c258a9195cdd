package io.prefstream.synthesize.models;

import io.prefstream.generation.TextGenerator;
import java.io.IOException;
import java.io.Serializable;

/** Opens a model in the task that asks it. */
@FunctionalInterface
public interface GeneratorFactory extends Serializable {

    TextGenerator open() throws IOException;
}
