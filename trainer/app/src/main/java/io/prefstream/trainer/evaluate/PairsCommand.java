package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.trainer.pairs.Comparison;
import io.prefstream.trainer.pairs.ComparisonFile;
import io.prefstream.trainer.pairs.PairArguments;
import io.prefstream.trainer.pairs.PromptTexts;
import io.prefstream.trainer.serve.EngineArguments;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code evaluate pairs}: exit code 1 if some rows have no reward because they exceed the context;
 * the report names them.
 */
@Command(
        name = "pairs",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "How often the better answer has the higher reward, by group, and how well calibrated.",
            "Writes OUT/report.json, OUT/report.md and OUT/calibration.svg and .png."
        })
final class PairsCommand implements Callable<Integer> {
    @Mixin private EngineArguments model = new EngineArguments();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description = "JSON Lines, a JSON array or Parquet; see --format.")
    private Path data = Path.of("");

    @Mixin private PairArguments reading = new PairArguments();

    @Option(
            names = "--group-by",
            paramLabel = "COLUMN",
            description =
                    "Results are also told by it. Default: the layout's own (subset, domain, kind"
                            + " of source), or group.")
    private @Nullable String groupBy;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Output folder.")
    private Path out = Path.of("");

    @Option(names = "--json", description = "The report on standard output as JSON, not Markdown.")
    private boolean json;

    private final PrintStream print;

    PairsCommand(PrintStream print) {
        this.print = print;
    }

    @Override
    public Integer call() throws Exception {
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out=" + out + " is no folder");
        }
        ComparisonFile.Content content = reading.reader(groupBy).read(data);
        try (TextEngine engine = model.open(2 * Judge.WINDOW)) {
            requireReward(engine, model);
            PromptTexts prompts = PromptTexts.of(model.folder());
            Judge judge = new Judge(engine);
            List<Judged> judged = new ArrayList<>();
            for (Comparison comparison : content.comparisons()) {
                judge.ask(
                        comparison.key(),
                        prompts.of(comparison),
                        comparison.answers(),
                        rewards -> judged.add(Judged.of(comparison, rewards)));
            }
            judge.finish();
            if (judged.isEmpty()) {
                throw new IllegalArgumentException(
                        "%s: every row exceeds the context of the model; the first: %s"
                                .formatted(data, judge.unscored().entrySet().iterator().next()));
            }
            PairsReport report =
                    new PairsReport(
                            model.name(),
                            data,
                            content.format(),
                            groupBy == null,
                            judged,
                            judge.unscored());
            report.write(out);
            String text =
                    json
                            ? new ObjectMapper().writeValueAsString(report.json()) + "\n"
                            : report.markdown();
            print.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            return judge.unscored().isEmpty() ? 0 : 1;
        }
    }

    /** Refuses a model that gives no rewards. */
    static void requireReward(TextEngine engine, EngineArguments model) {
        if (!engine.config().heads().reward()) {
            throw new IllegalArgumentException(
                    "--model=%s has no reward head: expected architectures with …ForSequenceClassification in config.json"
                            .formatted(model.given()));
        }
    }
}
