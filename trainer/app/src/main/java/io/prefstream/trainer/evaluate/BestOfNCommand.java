package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.execution.TestPool;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.trainer.KebabConverter;
import io.prefstream.trainer.pairs.PromptFormat;
import io.prefstream.trainer.serve.EngineArguments;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code evaluate best-of-n}: exit code 1 if problems were left out because a candidate exceeds the
 * context; the report names them.
 */
@Command(
        name = "best-of-n",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "How often the candidate with the highest reward is right, beside majority vote, vote"
                    + " weighted by rewards, an oracle and chance.",
            "Writes OUT/report.json, OUT/report.md and OUT/best-of-n.svg and .png."
        })
final class BestOfNCommand implements Callable<Integer> {
    private static final int LARGEST = 256;
    private static final String FORMAT = "--prompt-format";

    @Mixin private EngineArguments model = new EngineArguments();

    @Option(
            names = "--candidates",
            required = true,
            paramLabel = "FILE",
            description =
                    "Rows of the benchmark's own file (question, problem or prompt, of choice also"
                        + " passage and options; answer, solution or label; of humaneval and mbpp"
                        + " their tests) with one more column, responses: a list of texts. With"
                        + " --problems samples: task_id and completion or solution.")
    private Path candidates = Path.of("");

    @Option(
            names = "--problems",
            paramLabel = "FILE",
            description = "The file of humaneval or mbpp, where --candidates are samples.")
    private @Nullable Path problems;

    @Option(
            names = "--task",
            required = true,
            paramLabel = "TASK",
            description =
                    "How answers are read and compared: gsm8k, math or choice; or whose tests they"
                            + " must pass: humaneval or mbpp.")
    private String task = "";

    @Option(
            names = FORMAT,
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            description =
                    "What stands around a question of gsm8k, math or choice: plain (nothing), or"
                            + " CodePMP's prompt of math-shepherd, reclor or logiqa2, under which"
                            + " a model is tuned on files of this format. Default: plain.")
    private @Nullable PromptFormat format;

    @Mixin private ExecutionArguments execution = new ExecutionArguments();

    @Option(
            names = "--n",
            split = ",",
            paramLabel = "N",
            description =
                    "Candidates to choose among. Default: powers of two from 2 to what every"
                            + " problem has, 256 at most.")
    private List<Integer> sizes = new ArrayList<>();

    @Option(
            names = "--draws",
            defaultValue = "200",
            paramLabel = "N",
            description = "Subsets of N that a vote is counted on. Default ${DEFAULT-VALUE}.")
    private int draws;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Of subsets and intervals. Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Output folder.")
    private Path out = Path.of("");

    @Option(names = "--json", description = "The report on standard output as JSON, not Markdown.")
    private boolean json;

    private final PrintStream print;

    BestOfNCommand(PrintStream print) {
        this.print = print;
    }

    @Override
    public Integer call() throws Exception {
        Optional<CodeBenchmark> code = code();
        if (draws < 1) {
            throw new IllegalArgumentException("--draws=%d must be at least 1".formatted(draws));
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out=" + out + " is no folder");
        }
        Read read = code.isPresent() ? readCode(code.get()) : readTexts();
        try (TextEngine engine = model.open(2 * Judge.WINDOW)) {
            PairsCommand.requireReward(engine, model);
            Judgement judgement = read.judgement().call();
            Judge judge = new Judge(engine);
            List<Selection> selections = new ArrayList<>();
            for (Candidates problem : judgement.candidates()) {
                judge.ask(
                        problem.key(),
                        problem.prompt(),
                        problem.responses(),
                        rewards -> selections.add(problem.selection(rewards)));
            }
            judge.finish();
            if (selections.isEmpty()) {
                throw new IllegalArgumentException(
                        "%s: every problem exceeds the context of the model; the first: %s"
                                .formatted(
                                        candidates, judge.unscored().entrySet().iterator().next()));
            }
            BestOfNReport report =
                    new BestOfNReport(
                            model.name(),
                            candidates,
                            task.toLowerCase(Locale.ROOT),
                            judgement.how(),
                            selections.size(),
                            judge.unscored(),
                            selections.stream().mapToLong(Selection::size).sum(),
                            selections.stream()
                                    .flatMap(selection -> selection.answers().stream())
                                    .filter(Optional::isEmpty)
                                    .count(),
                            BestOfNReport.estimates(selections, read.sizes(), draws, seed));
            report.write(out);
            String text =
                    json
                            ? new ObjectMapper().writeValueAsString(report.json()) + "\n"
                            : report.markdown();
            print.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            return judge.unscored().isEmpty() ? 0 : 1;
        }
    }

    /**
     * Problems whose candidates are told right or wrong.
     *
     * @param how, in a sentence
     */
    private record Judgement(List<Candidates> candidates, String how) {}

    /**
     * What the files hold.
     *
     * @param sizes of the subsets that are drawn
     * @param judgement of the candidates, which may take long
     */
    private record Read(List<Integer> sizes, Callable<Judgement> judgement) {}

    private Read readTexts() throws IOException {
        AnswerRule rule = rule();
        if (problems != null) {
            throw new IllegalArgumentException(
                    "--problems=%s is for humaneval and mbpp, not for --task=%s"
                            .formatted(problems, task));
        }
        PromptFormat asked = format == null ? PromptFormat.PLAIN : format;
        List<Candidates> all = Candidates.read(candidates, rule, asked);
        String how =
                "Answers are compared as texts of one form; prompt format %s.".formatted(asked);
        return new Read(
                sizes(all, Candidates::key, Candidates::responses), () -> new Judgement(all, how));
    }

    private Read readCode(CodeBenchmark benchmark) throws IOException {
        execution.check(benchmark);
        if (format != null) {
            throw new IllegalArgumentException(
                    "%s=%s is for gsm8k, math and choice, not for --task=%s"
                            .formatted(FORMAT, format, task));
        }
        CodeCandidates.File file = CodeCandidates.read(benchmark, candidates, problems);
        return new Read(
                sizes(file.problems(), each -> each.problem().key(), CodeCandidates::responses),
                () -> run(file));
    }

    private Judgement run(CodeCandidates.File file) throws IOException, InterruptedException {
        try (TestPool pool = execution.open()) {
            String how =
                    "An answer is right if it passes all tests of its problem, run by python3 in a sandbox (%s); votes are counted by the program's text without comment lines and blank lines."
                            .formatted(pool.isolation().describe());
            if (file.withoutSamples() > 0) {
                how += " %,d problems have no samples.".formatted(file.withoutSamples());
            }
            return new Judgement(CodeCandidates.judged(file.problems(), pool), how);
        }
    }

    private Optional<CodeBenchmark> code() {
        return Arrays.stream(CodeBenchmark.values())
                .filter(each -> each.toString().equals(task.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    private <T> List<Integer> sizes(
            List<T> all, Function<T, String> key, Function<T, List<String>> responses) {
        T fewest =
                all.stream()
                        .min(Comparator.comparingInt(each -> responses.apply(each).size()))
                        .orElseThrow();
        int most = responses.apply(fewest).size();
        TreeSet<Integer> wanted = new TreeSet<>(sizes);
        for (int n : wanted) {
            if (n < 1 || n > most) {
                throw new IllegalArgumentException(
                        "--n=%d must be from 1 to %d, the responses of %s in %s"
                                .formatted(n, most, key.apply(fewest), candidates));
            }
        }
        for (int n = 2; sizes.isEmpty() && n <= Math.min(most, LARGEST); n *= 2) {
            wanted.add(n);
        }
        return List.copyOf(wanted);
    }

    private AnswerRule rule() {
        try {
            return AnswerRule.valueOf(task.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--task=%s is none of %s"
                            .formatted(
                                    task,
                                    Stream.of(AnswerRule.values(), CodeBenchmark.values())
                                            .flatMap(Arrays::stream)
                                            .toList()),
                    e);
        }
    }

    /** Formats by the names that they are written with. */
    static final class FormatConverter extends KebabConverter<PromptFormat> {
        FormatConverter() {
            super(PromptFormat.class);
        }
    }
}
