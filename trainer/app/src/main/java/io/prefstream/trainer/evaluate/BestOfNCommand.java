package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.engine.TextEngine;
import io.prefstream.trainer.serve.EngineArguments;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
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

    @Mixin private EngineArguments model = new EngineArguments();

    @Option(
            names = "--candidates",
            required = true,
            paramLabel = "FILE",
            description =
                    "Rows of the benchmark's own file (question, problem or prompt; answer,"
                        + " solution or label) with one more column, responses: a list of texts.")
    private Path candidates = Path.of("");

    @Option(
            names = "--task",
            required = true,
            paramLabel = "TASK",
            description = "How answers are read and compared: gsm8k, math or choice.")
    private String task = "";

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
        AnswerRule rule = rule();
        if (draws < 1) {
            throw new IllegalArgumentException("--draws=%d must be at least 1".formatted(draws));
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new IllegalArgumentException("--out=" + out + " is no folder");
        }
        List<Candidates> problems = Candidates.read(candidates, rule);
        List<Integer> wanted = sizes(problems);
        try (TextEngine engine = model.open(2 * Judge.WINDOW)) {
            PairsCommand.requireReward(engine, model);
            Judge judge = new Judge(engine);
            List<Selection> selections = new ArrayList<>();
            for (Candidates problem : problems) {
                judge.ask(
                        problem.key(),
                        problem.prompt(),
                        problem.responses(),
                        rewards -> selections.add(selection(problem, rewards, rule)));
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
                            rule,
                            selections.size(),
                            judge.unscored(),
                            selections.stream().mapToLong(Selection::size).sum(),
                            selections.stream()
                                    .flatMap(selection -> selection.answers().stream())
                                    .filter(Optional::isEmpty)
                                    .count(),
                            BestOfNReport.estimates(selections, wanted, draws, seed));
            report.write(out);
            String text =
                    json
                            ? new ObjectMapper().writeValueAsString(report.json()) + "\n"
                            : report.markdown();
            print.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            return judge.unscored().isEmpty() ? 0 : 1;
        }
    }

    private static Selection selection(Candidates problem, float[] rewards, AnswerRule rule) {
        List<Optional<String>> answers = problem.responses().stream().map(rule::answer).toList();
        boolean[] right = new boolean[rewards.length];
        for (int i = 0; i < right.length; i++) {
            right[i] = answers.get(i).filter(problem.gold()::equals).isPresent();
        }
        return new Selection(rewards, answers, right);
    }

    private List<Integer> sizes(List<Candidates> problems) {
        Candidates fewest = problems.get(0);
        for (Candidates problem : problems) {
            if (problem.responses().size() < fewest.responses().size()) {
                fewest = problem;
            }
        }
        int most = fewest.responses().size();
        TreeSet<Integer> wanted = new TreeSet<>(sizes);
        for (int n : wanted) {
            if (n < 1 || n > most) {
                throw new IllegalArgumentException(
                        "--n=%d must be from 1 to %d, the responses of %s in %s"
                                .formatted(n, most, fewest.key(), candidates));
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
                    "--task=%s is none of %s".formatted(task, List.of(AnswerRule.values())), e);
        }
    }
}
