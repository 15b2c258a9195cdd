package io.prefstream.validate.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.PassRate;
import io.prefstream.execution.PassRule;
import io.prefstream.execution.TestBench;
import io.prefstream.execution.TestLanguage;
import io.prefstream.schemas.CheckOutcome;
import io.prefstream.validate.checks.CheckResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Runs HumanEval's tests on its own solutions and on mutants of them, and prints who passes, what
 * the rule makes of the pairs, and what a pair costs; and what one costs in Java.
 *
 * <p>Usage: {@code MeasureExecution HumanEval.jsonl.gz MUTANTS-OF-EACH SEED}. A mutant has one
 * operator, constant or Boolean exchanged, drawn by the seed. Where a problem's test is nothing but
 * assertions, each is a test of its own.
 */
final class MeasureExecution {

    private static final Pattern EXCHANGED =
            Pattern.compile(
                    "<=|>=|==|!=|(?<= )[-+*<>](?= )|//|\\b(?:and|or|True|False|min|max|\\d+)\\b");
    private static final Map<String, String> EXCHANGES =
            Map.ofEntries(
                    Map.entry("<=", "<"),
                    Map.entry("<", "<="),
                    Map.entry(">=", ">"),
                    Map.entry(">", ">="),
                    Map.entry("==", "!="),
                    Map.entry("!=", "=="),
                    Map.entry("+", "-"),
                    Map.entry("-", "+"),
                    Map.entry("*", "+"),
                    Map.entry("//", "*"),
                    Map.entry("and", "or"),
                    Map.entry("or", "and"),
                    Map.entry("True", "False"),
                    Map.entry("False", "True"),
                    Map.entry("min", "max"),
                    Map.entry("max", "min"));
    private static final int JAVA_PAIRS = 20;

    private record Problem(String prompt, String solution, List<String> tests) {}

    private MeasureExecution() {}

    public static void main(String[] args) throws Exception {
        List<Problem> problems = read(Path.of(args[0]));
        int mutantsOfEach = Integer.parseInt(args[1]);
        Random random = new Random(Long.parseLong(args[2]));
        ExecutionRule rule = new ExecutionRule(new PassRule(0.8, 0.4));
        TestBench bench = TestBench.open(BenchSettings.DEFAULTS, "isolation");

        int tests = 0;
        int right = 0;
        int mutants = 0;
        int survivors = 0;
        long nanos = 0;
        Map<String, Integer> decisions = new TreeMap<>();
        for (Problem problem : problems) {
            tests += problem.tests().size();
            PassRate solved = run(bench, problem, problem.solution());
            right += solved.value() == 1 ? 1 : 0;
            for (String mutant : mutants(problem.solution(), mutantsOfEach, random)) {
                long begin = System.nanoTime();
                PassRate chosen = run(bench, problem, problem.solution());
                PassRate rejected = run(bench, problem, mutant);
                nanos += System.nanoTime() - begin;
                mutants++;
                survivors += rejected.value() == 1 ? 1 : 0;
                List<CheckOutcome> outcomes =
                        rule.limits().suffices(chosen)
                                ? rule.compared(chosen, rejected)
                                : rule.failed(chosen);
                decisions.merge(
                        rule.refusal(outcomes)
                                .map(CheckResult.Refused::reason)
                                .map(reason -> reason.code())
                                .orElse("kept"),
                        1,
                        Integer::sum);
            }
        }
        System.out.printf(
                "%d problems with %,d tests: %d solutions pass all of them%n",
                problems.size(), tests, right);
        System.out.printf(
                "%d mutants: %d pass all tests; the pairs: %s; %.0f ms a pair%n",
                mutants, survivors, decisions, nanos / 1e6 / mutants);
        System.out.printf("Java: %.0f ms a pair%n", javaMillis(bench));
    }

    private static PassRate run(TestBench bench, Problem problem, String solution)
            throws IOException, InterruptedException {
        return bench.run(TestLanguage.PYTHON, problem.prompt() + solution, problem.tests());
    }

    private static double javaMillis(TestBench bench) throws IOException, InterruptedException {
        List<String> tests =
                Collections.nCopies(7, "assert larger(1, 2) == 2 && larger(2, 1) == 2;");
        long begin = System.nanoTime();
        for (int i = 0; i < JAVA_PAIRS; i++) {
            for (String sign : List.of(">", "<")) {
                bench.run(
                        TestLanguage.JAVA,
                        "int larger(int a, int b) { return a %s b ? a : b; }".formatted(sign),
                        tests);
            }
        }
        return (System.nanoTime() - begin) / 1e6 / JAVA_PAIRS;
    }

    private static List<String> mutants(String solution, int count, Random random) {
        List<String> all = new ArrayList<>();
        Matcher site = EXCHANGED.matcher(solution);
        while (site.find()) {
            String other =
                    Character.isDigit(site.group().charAt(0))
                            ? site.group() + " + 1"
                            : EXCHANGES.get(site.group());
            all.add(solution.substring(0, site.start()) + other + solution.substring(site.end()));
        }
        Collections.shuffle(all, random);
        return all.subList(0, Math.min(count, all.size()));
    }

    private static List<Problem> read(Path file) throws IOException {
        List<Problem> problems = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            for (String line : (Iterable<String>) lines.lines()::iterator) {
                JsonNode item = json.readTree(line);
                problems.add(
                        new Problem(
                                item.get("prompt").asText(),
                                item.get("canonical_solution").asText(),
                                tests(
                                        item.get("test").asText(),
                                        item.get("entry_point").asText())));
            }
        }
        return problems;
    }

    private static List<String> tests(String test, String function) {
        String body = test.substring(test.indexOf("def check(candidate):") + 21);
        List<String> lines =
                body.lines()
                        .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
                        .toList();
        if (!lines.stream().allMatch(line -> line.startsWith("    assert "))) {
            return List.of(test + "\ncheck(" + function + ")\n");
        }
        return lines.stream()
                .map(line -> "candidate = " + function + "\n" + line.strip() + "\n")
                .toList();
    }
}
