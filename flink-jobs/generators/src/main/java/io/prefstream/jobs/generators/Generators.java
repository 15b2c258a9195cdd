package io.prefstream.jobs.generators;

import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.openai.OpenAiTextGenerator;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.SharedEngine;
import java.io.Serializable;
import java.nio.file.Path;

/** Where generators come from. */
public final class Generators {

    private Generators() {}

    /**
     * A model folder in the task's process, loaded once however many tasks use it.
     *
     * @param options of the engine, by the device that Flink gave the process
     */
    static GeneratorFactory folder(String folder, EngineChoice options) {
        return device -> SharedEngine.acquire(Path.of(folder), options.on(device));
    }

    /** How an engine runs on the device that Flink gave its process. */
    @FunctionalInterface
    interface EngineChoice extends Serializable {
        EngineOptions on(String device);
    }

    /** An OpenAI-compatible endpoint, with a client for each task. */
    public static GeneratorFactory endpoint(OpenAiSettings settings) {
        return device -> new OpenAiTextGenerator(settings);
    }
}
