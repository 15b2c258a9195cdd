package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.model.engine.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Makes requests of JSON bodies, with OpenAI's names, types and defaults, and {@code top_k}, {@code
 * min_p} and {@code repetition_penalty} besides. Whatever can't be done is refused by name.
 *
 * <p>Choice {@code i} of a prompt has the seed {@code seed + i}: it is the first of that seed.
 */
final class RequestReader {
    private static final int DEFAULT_MAX_TOKENS = 16;

    private final ServedNames names;
    private final IntSupplier context;
    private final int maxQueued;
    private final LongSupplier seeds;

    /**
     * @param names that requests may call the model
     * @param context tokens that an answer has at most when a conversation doesn't say
     * @param maxQueued texts that one request may ask for
     * @param seeds for requests that have none
     */
    RequestReader(ServedNames names, IntSupplier context, int maxQueued, LongSupplier seeds) {
        this.names = names;
        this.context = context;
        this.maxQueued = maxQueued;
        this.seeds = seeds;
    }

    /** The body of {@code /v1/completions}. */
    CompletionRequest completion(JsonNode json) {
        Fields fields = checked(json);
        if (fields.get("prompt").isEmpty()) {
            throw RefusedException.field("prompt", "prompt is missing");
        }
        List<Prompt> prompts = new ArrayList<>();
        for (String prompt : fields.texts("prompt")) {
            if (prompt.isEmpty()) {
                throw RefusedException.field("prompt", "prompt=\"\" must not be empty");
            }
            prompts.add(new Prompt.Text(prompt));
        }
        if (prompts.isEmpty()) {
            throw RefusedException.field("prompt", "prompt=[] must hold a text");
        }
        OptionalInt top = fields.integer("logprobs");
        return request(
                fields,
                false,
                prompts,
                top.isPresent() ? Optional.of(top.getAsInt()) : Optional.empty(),
                fields.integer("max_tokens").orElse(DEFAULT_MAX_TOKENS));
    }

    /** The body of {@code /v1/chat/completions}. */
    CompletionRequest chat(JsonNode json) {
        Fields fields = checked(json);
        OptionalInt top = fields.integer("top_logprobs");
        boolean wanted = fields.flag("logprobs");
        if (top.isPresent() && !wanted) {
            throw RefusedException.field(
                    "top_logprobs", "top_logprobs=" + top.getAsInt() + " needs logprobs=true");
        }
        OptionalInt most = fields.integer("max_completion_tokens");
        if (most.isPresent() && most.getAsInt() < 1) {
            throw RefusedException.field(
                    "max_completion_tokens",
                    "max_completion_tokens=%d must be at least 1".formatted(most.getAsInt()));
        }
        return request(
                fields,
                true,
                List.of(ChatMessages.read(fields)),
                wanted ? Optional.of(top.orElse(0)) : Optional.empty(),
                most.orElse(fields.integer("max_tokens").orElse(context.getAsInt())));
    }

    /** The body of {@code /v1/score}. */
    ScoreInput score(JsonNode json) {
        Fields fields = new Fields(json);
        checkModel(fields);
        JsonNode input =
                fields.get("input")
                        .orElseThrow(() -> RefusedException.field("input", "input is missing"));
        Fields.check(
                input.isArray() && !input.isEmpty(),
                "input",
                input,
                "a list of objects with prompt and response");
        checkCount("input", input.size(), "texts");
        String user = user(fields);
        List<ScoreRequest> all = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            all.add(
                    new ScoreRequest(
                            text(input.get(i), "input[%d]".formatted(i), "prompt"),
                            text(input.get(i), "input[%d]".formatted(i), "response"),
                            user,
                            Optional.empty()));
        }
        return new ScoreInput(all, fields.flag("log_likelihood", true));
    }

    private static String text(JsonNode element, String place, String field) {
        JsonNode value = element.path(field);
        String name = place + "." + field;
        if (value.isMissingNode()) {
            throw RefusedException.field(name, name + " is missing");
        }
        Fields.check(value.isTextual(), name, value, "a text");
        return value.textValue();
    }

    private Fields checked(JsonNode json) {
        Fields fields = new Fields(json);
        checkModel(fields);
        UnsupportedFields.check(fields);
        return fields;
    }

    private void checkModel(Fields fields) {
        fields.text("model").ifPresent(names::check);
    }

    private void checkCount(String param, long count, String what) {
        if (count > maxQueued) {
            throw RefusedException.field(
                    param,
                    "%,d %s exceed the %,d that may wait (max-queued)"
                            .formatted(count, what, maxQueued));
        }
    }

    private CompletionRequest request(
            Fields fields, boolean chat, List<Prompt> prompts, Optional<Integer> top, int most) {
        int n = fields.integer("n").orElse(1);
        if (n < 1) {
            throw RefusedException.field("n", "n=%d must be at least 1".formatted(n));
        }
        checkCount("n", (long) n * prompts.size(), "choices");
        long seed = fields.wholeNumber("seed").orElseGet(seeds::getAsLong);
        List<String> stop = fields.texts("stop");
        String user = user(fields);
        List<GenerationRequest> choices = new ArrayList<>();
        try {
            Sampling sampling =
                    new Sampling(
                            fields.number("temperature", 1),
                            fields.number("top_p", 1),
                            topK(fields),
                            fields.number("min_p", 0),
                            fields.number("repetition_penalty", 1));
            for (Prompt prompt : prompts) {
                for (int i = 0; i < n; i++) {
                    choices.add(
                            new GenerationRequest(
                                    prompt,
                                    sampling,
                                    most,
                                    stop,
                                    seed + i,
                                    top,
                                    Optional.empty(),
                                    user));
                }
            }
        } catch (IllegalArgumentException e) {
            throw named(e, chat);
        }
        Optional<Fields> options = fields.get("stream_options").map(Fields::new);
        return new CompletionRequest(
                chat,
                choices,
                n,
                fields.flag("stream"),
                options.map(given -> given.flag("include_usage")).orElse(false));
    }

    /** Whose turn it takes. */
    private static String user(Fields fields) {
        return fields.text("user").orElse("");
    }

    /** vLLM's clients say -1 for all tokens. */
    private static int topK(Fields fields) {
        int topK = fields.integer("top_k").orElse(0);
        return topK == -1 ? 0 : topK;
    }

    /** Completions call {@code logprobs} what the request's check calls {@code top_logprobs}. */
    private static RefusedException named(IllegalArgumentException e, boolean chat) {
        String message = String.valueOf(e.getMessage());
        return !chat && message.startsWith("top_logprobs")
                ? RefusedException.value(
                        new IllegalArgumentException(message.substring("top_".length()), e))
                : RefusedException.value(e);
    }
}
