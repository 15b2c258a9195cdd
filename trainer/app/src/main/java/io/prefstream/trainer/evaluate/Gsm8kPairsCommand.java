package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.schemas.ContentId;
import io.prefstream.trainer.pairs.Rows;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evaluate gsm8k-pairs}: pairs of right and wrong solutions, by {@link StepCorruption}. */
@Command(
        name = "gsm8k-pairs",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Make pairs of right and wrong solutions of GSM8K's own file.",
            "The wrong one has one step made wrong and all that follows from it; the same file and"
                    + " seed give the same bytes."
        })
final class Gsm8kPairsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--problems",
            required = true,
            paramLabel = "FILE",
            description = "JSON Lines with question and answer, as openai/grade-school-math has.")
    private Path problems = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "JSON Lines: id, prompt, chosen, rejected, group (what was made wrong).")
    private Path out = Path.of("");

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Default ${DEFAULT-VALUE}.")
    private long seed;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(problems)) {
            throw new IllegalArgumentException("--problems=" + problems + " is no file");
        }
        Map<StepCorruption.Kind, Integer> made = new EnumMap<>(StepCorruption.Kind.class);
        int without = 0;
        try (Rows lines = Rows.open(problems);
                BufferedWriter writer = Files.newBufferedWriter(out)) {
            for (JsonNode row = lines.next(); row != null; row = lines.next()) {
                String question = lines.text(row, "question");
                Random random =
                        new Random(ContentId.seed("gsm8k-pairs", Long.toString(seed), question));
                Optional<StepCorruption.Pair> pair =
                        new StepCorruption(question, lines.text(row, "answer"), random).pair();
                if (pair.isEmpty()) {
                    without++;
                    continue;
                }
                String kind = pair.get().kind().name().toLowerCase(Locale.ROOT);
                ObjectNode json =
                        JSON.createObjectNode()
                                .put("id", "gsm8k-" + lines.number())
                                .put("prompt", question)
                                .put("chosen", pair.get().chosen())
                                .put("rejected", pair.get().rejected())
                                .put("group", kind);
                writer.write(JSON.writeValueAsString(json));
                writer.write('\n');
                made.merge(pair.get().kind(), 1, Integer::sum);
            }
        }
        if (spec != null) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "%,d pairs %s; of %,d solutions no wrong one could be made"
                                    .formatted(
                                            made.values().stream().mapToInt(n -> n).sum(),
                                            made,
                                            without));
        }
        return 0;
    }
}
