package io.prefstream.trainer.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.execution.PassRate;
import io.prefstream.execution.TestLanguage;
import io.prefstream.execution.TestPool;
import io.prefstream.trainer.evaluate.CodeBenchmark.Problem;
import io.prefstream.trainer.pairs.Rows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A problem of a {@link CodeBenchmark} with N answers that a generator gave, not yet run.
 *
 * <p>Either a row of the benchmark's own file with one more column, {@code responses}, or samples
 * in rows of their own beside the benchmark's file: {@code task_id}, and {@code completion}
 * (HumanEval) or {@code solution} (EvalPlus). {@code Mbpp/2} is problem 2.
 */
record CodeCandidates(Problem problem, List<String> responses) {
    private static final List<String> SAMPLE = List.of("solution", "completion");

    CodeCandidates {
        responses = List.copyOf(responses);
    }

    /**
     * What files hold.
     *
     * @param withoutSamples problems that nobody answered
     */
    record File(List<CodeCandidates> problems, int withoutSamples) {}

    /**
     * Reads files.
     *
     * @param problems the benchmark's file, null where its rows carry their responses
     * @throws IllegalArgumentException if a row is wrong, with file, row, column, expected and
     *     found
     */
    static File read(CodeBenchmark benchmark, Path file, @Nullable Path problems)
            throws IOException {
        List<CodeCandidates> all = new ArrayList<>();
        int withoutSamples = 0;
        if (problems == null) {
            try (Rows rows = Rows.open(file)) {
                for (JsonNode row = rows.next(); row != null; row = rows.next()) {
                    all.add(
                            new CodeCandidates(
                                    benchmark.read(rows, row), Candidates.responses(rows, row)));
                }
            }
        } else {
            Map<String, List<String>> samples = samples(file);
            try (Rows rows = Rows.open(problems)) {
                for (JsonNode row = rows.next(); row != null; row = rows.next()) {
                    Problem problem = benchmark.read(rows, row);
                    List<String> own = samples.remove(CodeBenchmark.id(problem.key()));
                    if (own == null) {
                        withoutSamples++;
                    } else {
                        all.add(new CodeCandidates(problem, own));
                    }
                }
            }
            if (!samples.isEmpty()) {
                throw new IllegalArgumentException(
                        "%s holds samples of task_id %s, which %s hasn't"
                                .formatted(file, samples.keySet().iterator().next(), problems));
            }
        }
        for (CodeCandidates each : all) {
            if (!Candidates.isCount(each.responses.size())) {
                throw new IllegalArgumentException(
                        "%s: task_id %s: %s"
                                .formatted(
                                        file,
                                        each.problem.key(),
                                        Candidates.expected(each.responses.size())));
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(file + " holds no problem");
        }
        return new File(all, withoutSamples);
    }

    private static Map<String, List<String>> samples(Path file) throws IOException {
        Map<String, List<String>> samples = new LinkedHashMap<>();
        try (Rows rows = Rows.open(file)) {
            for (JsonNode row = rows.next(); row != null; row = rows.next()) {
                JsonNode given = row;
                JsonNode text =
                        SAMPLE.stream()
                                .map(given::path)
                                .filter(JsonNode::isTextual)
                                .findFirst()
                                .orElse(null);
                if (text == null) {
                    throw rows.wrong("expected a text in one of " + SAMPLE);
                }
                samples.computeIfAbsent(
                                CodeBenchmark.id(CodeBenchmark.key(rows, row)),
                                id -> new ArrayList<>())
                        .add(text.textValue());
            }
        }
        return samples;
    }

    /**
     * Runs the tests of every response; equal programs are run once.
     *
     * @throws IOException if the sandbox itself fails
     */
    static List<Candidates> judged(List<CodeCandidates> all, TestPool pool)
            throws IOException, InterruptedException {
        List<Map<String, CompletableFuture<PassRate>>> running =
                all.stream().map(each -> each.run(pool)).toList();
        List<Candidates> judged = new ArrayList<>();
        try {
            for (int i = 0; i < all.size(); i++) {
                judged.add(all.get(i).judged(running.get(i)));
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
        return judged;
    }

    private Map<String, CompletableFuture<PassRate>> run(TestPool pool) {
        Map<String, CompletableFuture<PassRate>> rates = new HashMap<>();
        for (String response : responses) {
            rates.computeIfAbsent(
                    problem.program(response),
                    program -> pool.run(TestLanguage.PYTHON, program, problem.tests()));
        }
        return rates;
    }

    private Candidates judged(Map<String, CompletableFuture<PassRate>> rates)
            throws ExecutionException, InterruptedException {
        List<Optional<String>> answers = new ArrayList<>();
        boolean[] right = new boolean[responses.size()];
        for (int i = 0; i < right.length; i++) {
            String response = responses.get(i);
            String program = problem.program(response);
            answers.add(
                    CodeBenchmark.code(response).isBlank()
                            ? Optional.empty()
                            : Optional.of(CodeBenchmark.normalised(program)));
            CompletableFuture<PassRate> rate = Objects.requireNonNull(rates.get(program));
            right[i] = rate.get().value() == 1;
        }
        return new Candidates(problem.key(), problem.asked(), responses, answers, right);
    }
}
