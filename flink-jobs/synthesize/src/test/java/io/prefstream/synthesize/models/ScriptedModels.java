package io.prefstream.synthesize.models;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.testing.AnsweringModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Models that answer as a test says, and what they were asked; gone with the test. */
public final class ScriptedModels implements AfterEachCallback {
    private final List<GenerationRequest> asked = new CopyOnWriteArrayList<>();
    private final List<GeneratorPool> pools = new ArrayList<>();

    /** All requests, in order. */
    public List<GenerationRequest> asked() {
        return asked;
    }

    public GeneratorPool pool(GeneratorSpec... specs) throws IOException {
        GeneratorPool pool =
                GeneratorPool.Factory.of("synthesize", List.of(specs), 3)
                        .open("test " + System.identityHashCode(this) + "/" + pools.size(), "cpu");
        pools.add(pool);
        return pool;
    }

    /** One that completes code. */
    GeneratorSpec code(String name, Role role, Function<GenerationRequest, Generation> answers) {
        return model(name, Map.of(role, 1.0), PromptStyle.CODE, answers);
    }

    /** One that follows instructions. */
    public GeneratorSpec chat(
            String name, Role role, Function<GenerationRequest, Generation> answers) {
        return model(name, Map.of(role, 1.0), PromptStyle.CHAT, answers);
    }

    GeneratorSpec model(
            String name,
            Map<Role, Double> roles,
            PromptStyle style,
            Function<GenerationRequest, Generation> answers) {
        return new GeneratorSpec(
                name,
                device ->
                        new AnsweringModel(
                                name,
                                request -> {
                                    asked.add(request);
                                    return answers.apply(request);
                                }),
                roles,
                style,
                Sampling.temperature(0.7),
                64,
                Duration.ofSeconds(5),
                ReliableSettings.DEFAULTS);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        pools.forEach(GeneratorPool::close);
    }
}
