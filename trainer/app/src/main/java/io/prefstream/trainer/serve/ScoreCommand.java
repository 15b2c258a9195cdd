package io.prefstream.trainer.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.generation.GenerationException;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.model.engine.TextScore;
import io.prefstream.trainer.Accuracy;
import io.prefstream.trainer.Outcome;
import io.prefstream.trainer.pairs.JsonLines;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code score}: rewards and log-likelihoods, one JSON object a line in the order of the input.
 *
 * <p>A line that is malformed ends it (exit code 2) after those before it are answered; one whose
 * text exceeds the context is answered with an {@code error}, and the exit code is 1 in the end.
 */
@Command(
        name = "score",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Rewards and log-likelihoods of responses, as JSON lines.",
            "What is scored: --prompt and --response; or --pairs; or JSON lines with prompt and"
                    + " response (and an id, which is told again) on standard input."
        })
public final class ScoreCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Lines in hand: enough that no batch goes without. */
    private static final int WINDOW = 256;

    @Mixin private EngineArguments model = new EngineArguments();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What was asked.")
    private @Nullable String prompt;

    @Option(names = "--response", paramLabel = "TEXT", description = "What was answered.")
    private @Nullable String response;

    @Option(
            names = "--pairs",
            paramLabel = "FILE",
            description =
                    "JSON lines with prompt, chosen and rejected: both are scored; how often the"
                            + " chosen one is preferred is said on standard error.")
    private @Nullable Path pairs;

    @Spec private @Nullable CommandSpec spec;

    private final InputStream in;
    private final TextOutput output;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private double rewardRight;
    private double likelihoodRight;
    private long compared;
    private long unscored;

    /** A line on its way: one text, or the chosen and the rejected. */
    private record Pending(
            long line, @Nullable JsonNode id, List<CompletableFuture<TextScore>> scores) {}

    /**
     * @param in where responses are read when no option gives them
     * @param print the JSON lines, in UTF-8
     */
    public ScoreCommand(InputStream in, PrintStream print) {
        this.in = in;
        output = new TextOutput(print);
    }

    @Override
    public Integer call() throws Exception {
        if ((prompt == null) != (response == null)) {
            throw new IllegalArgumentException("--prompt and --response go together");
        }
        if (prompt != null && pairs != null) {
            throw new IllegalArgumentException("--pairs=" + pairs + " goes without --prompt");
        }
        if (pairs != null && !Files.isRegularFile(pairs)) {
            throw new IllegalArgumentException("--pairs=" + pairs + " is no file");
        }
        try (TextEngine engine = model.open(4 * WINDOW)) {
            if (prompt != null && response != null) {
                single(engine, prompt, response);
            } else if (pairs != null) {
                try (JsonLines lines =
                        new JsonLines(pairs.toString(), Files.newInputStream(pairs))) {
                    all(engine, lines, true);
                }
                say(summary());
            } else {
                all(engine, new JsonLines("standard input", in), false);
            }
        }
        if (unscored > 0) {
            say("%,d lines were not scored; their error says why".formatted(unscored));
        }
        return unscored > 0 ? 1 : 0;
    }

    private void single(TextEngine engine, String asked, String answered) throws Exception {
        try {
            write(
                    ScoreFormat.put(
                            JSON.createObjectNode(), "", engine.score(asked, answered).get()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GenerationException refused) {
                throw new IllegalArgumentException(refused.getMessage(), refused);
            }
            throw e;
        }
    }

    private void all(TextEngine engine, JsonLines lines, boolean inPairs) throws Exception {
        try {
            for (JsonNode json = lines.next(); json != null; json = lines.next()) {
                String asked = lines.text(json, "prompt");
                List<String> answered =
                        inPairs
                                ? List.of(lines.text(json, "chosen"), lines.text(json, "rejected"))
                                : List.of(lines.text(json, "response"));
                pending.add(
                        new Pending(
                                lines.number(),
                                json.get("id"),
                                answered.stream().map(text -> engine.score(asked, text)).toList()));
                if (pending.size() == WINDOW) {
                    writeNext();
                }
            }
        } finally {
            while (!pending.isEmpty()) {
                writeNext();
            }
        }
    }

    private void writeNext() throws Exception {
        Pending next = pending.remove();
        ObjectNode json = JSON.createObjectNode().put("line", next.line);
        if (next.id != null) {
            json.set("id", next.id);
        }
        try {
            TextScore first = next.scores.get(0).get();
            if (next.scores.size() == 1) {
                ScoreFormat.put(json, "", first);
            } else {
                compare(json, first, next.scores.get(1).get());
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GenerationException)) {
                throw e;
            }
            unscored++;
            json.put("error", e.getCause().getMessage());
        }
        write(json);
    }

    private void compare(ObjectNode json, TextScore chosen, TextScore rejected) {
        ScoreFormat.put(json, "chosen_", chosen);
        ScoreFormat.put(json, "rejected_", rejected);
        float margin = chosen.reward() - rejected.reward();
        ScoreFormat.number(json, "margin", margin);
        compared++;
        rewardRight += right(margin);
        likelihoodRight += right(chosen.logLikelihood() - rejected.logLikelihood());
    }

    /** A number that is none makes the sum none. */
    private static double right(double margin) {
        return Double.isNaN(margin) ? Double.NaN : Outcome.of(margin).right();
    }

    private String summary() {
        if (compared == 0) {
            return "no pairs";
        }
        return "%,d pairs: of the chosen the higher reward %s, the higher log-likelihood %s"
                .formatted(compared, share(rewardRight), share(likelihoodRight));
    }

    private String share(double right) {
        if (Double.isNaN(right)) {
            return "unknown (the model has no such head)";
        }
        Accuracy accuracy = new Accuracy(right, compared);
        return String.format(
                Locale.ROOT,
                "%.1f %% (95 %% interval %.1f to %.1f %%)",
                100 * accuracy.value(),
                100 * accuracy.low(),
                100 * accuracy.high());
    }

    private void write(ObjectNode json) throws IOException {
        output.write(JSON.writeValueAsString(json) + "\n");
    }

    private void say(String line) {
        if (spec != null) {
            spec.commandLine().getErr().println(line);
        }
    }
}
