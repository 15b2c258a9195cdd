package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.model.engine.TextEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code generate}: the text as it comes on standard output, or a JSON object for each sample.
 * Sample {@code i} of a seed is the first of seed {@code + i}, counted from 0.
 */
@Command(
        name = "generate",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Continue a prompt with a model.",
            "The prompt is that of --prompt, or else standard input as it stands. With --chat the"
                + " prompt is what a user says; without --prompt each line of standard input is,"
                + " until its end."
        })
public final class GenerateCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SAMPLES = 1024;

    @Mixin private EngineArguments model = new EngineArguments();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What is continued.")
    private @Nullable String given;

    @Option(
            names = "--chat",
            description = "Talk: the prompt goes through the model's chat template.")
    private boolean chat;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "What a conversation of --chat begins with.")
    private @Nullable String system;

    @Option(
            names = "--max-tokens",
            defaultValue = "256",
            paramLabel = "N",
            description = "Tokens of an answer at most. Default ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Mixin private SamplingArguments sampling = new SamplingArguments();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The same seed gives the same text. Default: drawn.")
    private @Nullable Long seed;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "The text ends before it; repeatable.")
    private List<String> stop = new ArrayList<>();

    @Option(
            names = {"-n", "--samples"},
            defaultValue = "1",
            paramLabel = "N",
            description = "Texts for the prompt. Default ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--json",
            description =
                    "One JSON object a sample: index, text, finish_reason, prompt_tokens, tokens,"
                            + " logprob (sum, nats), seed, model, seconds, tokens_per_second.")
    private boolean json;

    private final InputStream in;
    private final TextOutput output;

    /**
     * @param in where a prompt is read that no option gives
     * @param print texts or JSON, in UTF-8
     */
    public GenerateCommand(InputStream in, PrintStream print) {
        this.in = in;
        output = new TextOutput(print);
    }

    @Override
    public Integer call() throws Exception {
        if (samples < 1 || samples > MOST_SAMPLES) {
            throw new IllegalArgumentException(
                    "--samples=%d must be from 1 to %,d".formatted(samples, MOST_SAMPLES));
        }
        if (system != null && !chat) {
            throw new IllegalArgumentException("--system is for --chat");
        }
        if (chat && given == null && samples > 1) {
            throw new IllegalArgumentException(
                    "--samples=%d: a conversation goes on from one answer; give --prompt"
                            .formatted(samples));
        }
        // Refuses what can't be before the model is loaded.
        long firstSeed =
                seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
        request(new Prompt.Text(""), firstSeed);
        try (TextEngine engine = model.open(MOST_SAMPLES)) {
            if (!engine.config().hasLanguageHead()) {
                throw new IllegalArgumentException(
                        "--model=%s has no language head: it scores, it does not generate"
                                .formatted(model.given()));
            }
            if (chat && given == null) {
                converse(engine, firstSeed);
            } else {
                answer(engine, prompt(), firstSeed);
            }
        }
        return 0;
    }

    private GenerationRequest request(Prompt prompt, long ownSeed) {
        return new GenerationRequest(
                prompt,
                sampling.sampling(),
                maxTokens,
                stop,
                ownSeed,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    private Prompt prompt() throws IOException {
        String text = given != null ? given : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            throw new IllegalArgumentException(
                    given != null
                            ? "--prompt= must not be empty"
                            : "the prompt on standard input must not be empty; see --prompt");
        }
        if (!chat) {
            return new Prompt.Text(text);
        }
        List<ChatMessage> messages = opening();
        messages.add(new ChatMessage("user", text));
        return new Prompt.Chat(messages);
    }

    private List<ChatMessage> opening() {
        List<ChatMessage> messages = new ArrayList<>();
        if (system != null) {
            messages.add(new ChatMessage("system", system));
        }
        return messages;
    }

    private void converse(TextEngine engine, long firstSeed) throws Exception {
        List<ChatMessage> messages = opening();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                messages.add(new ChatMessage("user", line));
                Generation said = answer(engine, new Prompt.Chat(messages), firstSeed);
                messages.add(new ChatMessage("assistant", said.text()));
            }
        }
    }

    /** Prints the samples of a prompt, in order, and returns the last. */
    private Generation answer(TextEngine engine, Prompt prompt, long firstSeed) throws Exception {
        List<Sample> all = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            all.add(new Sample(engine, request(prompt, firstSeed + i)));
        }
        Generation last = all.get(0).finish(0);
        for (int i = 1; i < samples; i++) {
            last = all.get(i).finish(i);
        }
        return last;
    }

    /** One text, begun when it is made. */
    private final class Sample {
        private final long start = System.nanoTime();
        private final GenerationRequest request;
        private final Pieces pieces = new Pieces();
        private final CompletableFuture<Generation> future;
        private volatile long end;

        Sample(TextEngine engine, GenerationRequest request) {
            this.request = request;
            this.future =
                    engine.generate(request, pieces::add)
                            .whenComplete(
                                    (generation, failure) -> {
                                        end = System.nanoTime();
                                        pieces.end();
                                    });
        }

        Generation finish(int index) throws Exception {
            if (!json) {
                if (samples > 1) {
                    output.write("--- sample %d, seed %d\n".formatted(index, request.seed()));
                }
                Optional<String> piece = pieces.take();
                boolean line = piece.isEmpty();
                while (piece.isPresent()) {
                    output.write(piece.get());
                    line = piece.get().endsWith("\n");
                    piece = pieces.take();
                }
                if (!line) {
                    output.write("\n");
                }
            }
            Generation generation = get();
            if (json) {
                output.write(JSON.writeValueAsString(object(index, generation)) + "\n");
            }
            return generation;
        }

        private Generation get() throws Exception {
            try {
                return future.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof GenerationException refused) {
                    throw new IllegalArgumentException(refused.getMessage(), refused);
                }
                throw e;
            }
        }

        private ObjectNode object(int index, Generation generation) {
            double seconds = (end - start) / 1e9;
            int tokens = generation.completionTokens();
            return JSON.createObjectNode()
                    .put("index", index)
                    .put("text", generation.text())
                    .put("finish_reason", generation.finishReason().name().toLowerCase(Locale.ROOT))
                    .put("prompt_tokens", generation.promptTokens())
                    .put("tokens", tokens)
                    .put("logprob", generation.meanLogProbability() * tokens)
                    .put("seed", request.seed())
                    .put("model", generation.model())
                    .put("seconds", seconds)
                    .put("tokens_per_second", tokens / seconds);
        }
    }
}
