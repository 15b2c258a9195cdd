package io.prefstream.synthesize.models;

import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.openai.OpenAiTextGenerator;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.engine.SharedEngine;
import java.nio.file.Path;

/** Where generators come from. */
public final class Generators {

    private Generators() {}

    /** A model folder in the task's process, loaded once however many tasks use it. */
    public static GeneratorFactory folder(String folder, EngineOptions options) {
        return () -> SharedEngine.acquire(Path.of(folder), options);
    }

    /** An OpenAI-compatible endpoint, with a client for each task. */
    public static GeneratorFactory endpoint(OpenAiSettings settings) {
        return () -> new OpenAiTextGenerator(settings);
    }
}
