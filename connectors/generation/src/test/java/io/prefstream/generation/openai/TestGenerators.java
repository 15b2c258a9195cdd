package io.prefstream.generation.openai;

import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import io.prefstream.generation.alarm.Alarms;
import io.prefstream.generation.alarm.Backoff;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Generators whose retries don't wait, and what they are asked. */
final class TestGenerators {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration SHORT = Duration.ofMillis(300);

    /** Longer than any test may take: what ends in time, ended for another reason. */
    static final Duration LONG = Duration.ofMinutes(5);

    static final Duration MOST_BACKOFF = Duration.ofSeconds(20);
    static final String KEY = "sk-hunter2-hunter2";
    static final GenerationRequest REQUEST = GenerationRequest.of("def f(", Sampling.GREEDY, 8, 7);
    static final String STOP = completion("", "\"stop\"");
    static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,"
                    + "\"total_tokens\":5}}";

    private TestGenerators() {}

    static OpenAiTextGenerator of(OpenAiSettings settings, Alarms alarms) {
        return new OpenAiTextGenerator(
                settings,
                Map.of("MODEL_KEY", KEY)::get,
                alarms,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new Backoff(Duration.ofSeconds(1), MOST_BACKOFF, () -> 1));
    }

    /** Patient enough for a slow machine; two retries, one request in flight, two waiting. */
    static OpenAiSettings settings(URI... urls) {
        return settings(LONG, LONG, urls);
    }

    static OpenAiSettings settings(Duration idle, Duration request, URI... urls) {
        return new OpenAiSettings(
                List.of(urls),
                "coder",
                "r7",
                null,
                null,
                LONG,
                idle,
                request,
                2,
                MOST_BACKOFF,
                1,
                2,
                512,
                LONG,
                64);
    }

    /** An event of {@code /completions} as vLLM writes it. */
    static String completion(String text, String reason) {
        return ("{\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1,\"model\":\"coder\","
                    + "\"choices\":[{\"index\":0,\"text\":\"%s\",\"logprobs\":null,"
                    + "\"finish_reason\":%s,\"stop_reason\":null}],\"usage\":null}")
                .formatted(text, reason);
    }

    static String completion(String text) {
        return completion(text, "null");
    }

    /** An event of {@code /chat/completions}. */
    static String chat(String delta, String reason) {
        return ("{\"id\":\"chat-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
                        + "\"model\":\"coder\",\"choices\":[{\"index\":0,\"delta\":%s,"
                        + "\"logprobs\":null,\"finish_reason\":%s}]}")
                .formatted(delta, reason);
    }
}
