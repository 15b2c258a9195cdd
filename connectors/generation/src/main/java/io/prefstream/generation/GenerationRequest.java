package io.prefstream.generation;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One text that is asked for.
 *
 * @param maxTokens tokens of the answer at most
 * @param stop the text ends before the first of these
 * @param seed decides every choice: the same seed, model and prompt give the same text
 * @param topLogProbabilities for each token its log-probability and those of so many of the most
 *     likely; empty asks for none
 * @param deadline from the start of the request to its end
 * @param client requests of different clients are served in turn
 */
public record GenerationRequest(
        Prompt prompt,
        Sampling sampling,
        int maxTokens,
        List<String> stop,
        long seed,
        Optional<Integer> topLogProbabilities,
        Optional<Duration> deadline,
        String client) {
    private static final int MOST_STOPS = 64;
    private static final int MOST_LOG_PROBABILITIES = 20;

    public GenerationRequest {
        stop = List.copyOf(stop);
        if (maxTokens < 1) {
            throw new IllegalArgumentException(
                    "max_tokens=%d must be at least 1".formatted(maxTokens));
        }
        if (stop.size() > MOST_STOPS || stop.contains("")) {
            throw new IllegalArgumentException(
                    "stop=%s must be at most %d texts, none of them empty"
                            .formatted(stop, MOST_STOPS));
        }
        int top = topLogProbabilities.orElse(0);
        if (top < 0 || top > MOST_LOG_PROBABILITIES) {
            throw new IllegalArgumentException(
                    "top_logprobs=%d must be from 0 to %d".formatted(top, MOST_LOG_PROBABILITIES));
        }
    }

    /**
     * What the answer is a function of: SHA-256 in hex over model, prompt, sampling, limit, stops
     * and seed. Neither who asks nor how long they wait is part of it.
     *
     * @param model that answers, with its revision
     */
    public String key(String model) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(content)) {
            write(out, model);
            if (prompt instanceof Prompt.Text text) {
                out.writeInt(-1);
                write(out, text.text());
            } else if (prompt instanceof Prompt.Chat chat) {
                out.writeInt(chat.messages().size());
                for (ChatMessage message : chat.messages()) {
                    write(out, message.role());
                    write(out, message.content());
                }
            }
            out.writeDouble(sampling.temperature());
            out.writeDouble(sampling.topP());
            out.writeInt(sampling.topK());
            out.writeDouble(sampling.minP());
            out.writeDouble(sampling.repetitionPenalty());
            out.writeInt(maxTokens);
            out.writeInt(stop.size());
            for (String one : stop) {
                write(out, one);
            }
            out.writeLong(seed);
            out.writeInt(topLogProbabilities.orElse(-1));
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content.toByteArray()));
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("memory takes bytes and every Java has SHA-256", e);
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** A text to continue, without stops, log-probabilities or deadline. */
    public static GenerationRequest of(String prompt, Sampling sampling, int maxTokens, long seed) {
        return new GenerationRequest(
                new Prompt.Text(prompt),
                sampling,
                maxTokens,
                List.of(),
                seed,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    /** The same with stop strings. */
    public GenerationRequest withStop(List<String> stops) {
        return new GenerationRequest(
                prompt, sampling, maxTokens, stops, seed, topLogProbabilities, deadline, client);
    }

    /** The same with a deadline. */
    public GenerationRequest withDeadline(Duration within) {
        return new GenerationRequest(
                prompt,
                sampling,
                maxTokens,
                stop,
                seed,
                topLogProbabilities,
                Optional.of(within),
                client);
    }
}
