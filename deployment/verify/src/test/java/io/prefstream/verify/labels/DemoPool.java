package io.prefstream.verify.labels;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.DemoGenerator;
import io.prefstream.model.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The demonstration models in all roles, and what a run of the pipeline sets with them. */
final class DemoPool {

    private static final int CONTEXT_TOKENS = 512;
    private static final int ANSWER_TOKENS = 128;

    private DemoPool() {}

    /**
     * Options by key.
     *
     * @param arguments {@code preference-model}, and options of one's own as {@code option.KEY}
     * @param out where the models are written
     */
    static Map<String, String> options(Map<String, String> arguments, Path out) throws Exception {
        Path models = Files.createDirectories(out.resolve("models"));
        Path pool = out.resolve("pool.json");
        new ObjectMapper()
                .writeValue(
                        pool.toFile(),
                        Map.of(
                                "generators",
                                List.of(
                                        Map.of(
                                                "name", DemoGenerator.STRONG.model(),
                                                "where",
                                                        DemoGenerator.STRONG
                                                                .writeTo(models)
                                                                .toString(),
                                                "roles",
                                                        Map.of(
                                                                "strong", 1,
                                                                "sampler", 1,
                                                                "critic", 1)),
                                        Map.of(
                                                "name", DemoGenerator.WEAK.model(),
                                                "where",
                                                        DemoGenerator.WEAK
                                                                .writeTo(models)
                                                                .toString(),
                                                "roles", Map.of("weak", 1)))));
        Path tokenizer = models.resolve("tokenizer");
        DemoModel.writeTokenizer(tokenizer);
        Map<String, String> options = new HashMap<>();
        options.put("job.checkpoint-dir", out.resolve("checkpoints").toUri().toString());
        options.put("ingest.languages", "java");
        options.put("generation.pool", pool.toString());
        options.put("generation.prompt", "CODE");
        options.put("generation.max-answer", Integer.toString(ANSWER_TOKENS));
        options.put("validate.context-tokens", Integer.toString(CONTEXT_TOKENS));
        options.put("validate.tokenizer", tokenizer.toString());
        // Whatever the confidence, as it is what the outcomes are for.
        options.put("validate.min-confidence", "0");
        if (arguments.containsKey("preference-model")) {
            options.put("synthesize.self-contrast.model", arguments.get("preference-model"));
            options.put(Stages.RELEASE, arguments.get("preference-model"));
        }
        arguments.forEach(
                (key, value) -> {
                    if (key.startsWith("option.")) {
                        options.put(key.substring("option.".length()), value);
                    }
                });
        return options;
    }
}
