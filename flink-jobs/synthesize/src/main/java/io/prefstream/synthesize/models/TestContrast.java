package io.prefstream.synthesize.models;

import io.prefstream.execution.PassRate;
import io.prefstream.execution.PassRule;
import io.prefstream.execution.TestLanguage;
import io.prefstream.execution.TestPool;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Writer.Answer;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import io.prefstream.synthesize.tests.TestWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Chosen is the answer that passes most tests, rejected the one that passes fewest, by the rule
 * that validation has for execution. A model writes the tests from description and published code;
 * all answers are run in a sandbox, on threads of its own.
 *
 * <p>Of answers that pass as many, the first by the order of the seeds stands for them: the same
 * snippet, models, seed and pass rates give the same pair.
 */
final class TestContrast extends SelfContrast {

    private final TestWriter writer;
    private final TestPool pool;
    private final PassRule rule;

    /**
     * @param pool closed with this
     */
    TestContrast(
            int samples,
            Describer.Settings instructions,
            GeneratorPool models,
            TestWriter writer,
            TestPool pool,
            PassRule rule) {
        super(samples, instructions, models);
        this.writer = writer;
        this.pool = pool;
        this.rule = rule;
    }

    /** Of the languages that samplers speak those that tests are written in. */
    @Override
    public boolean suits(CodeSnippet snippet) {
        return super.suits(snippet) && TestWriter.suits(snippet);
    }

    @Override
    CompletableFuture<Attempt> pair(Task task) {
        TestLanguage language = TestLanguage.of(task.snippet().getLanguage()).orElseThrow();
        Optional<String> unusable = pool.unusable(language);
        if (unusable.isPresent()) {
            return untested(unusable.get());
        }
        return writer.write(task.snippet(), task.budget())
                .thenCompose(
                        written ->
                                written.map(
                                                tests ->
                                                        sampled(
                                                                task,
                                                                answers ->
                                                                        run(
                                                                                task, language,
                                                                                tests, answers)))
                                        .orElseGet(
                                                () ->
                                                        untested(
                                                                "the tester wrote fewer tests that"
                                                                    + " can be used than"
                                                                    + " synthesize.tests.least, or"
                                                                    + " failed")));
    }

    private CompletableFuture<Attempt> run(
            Task task, TestLanguage language, TestWriter.Written tests, List<Answer> answers) {
        return all(answers.stream()
                        .map(answer -> pool.run(language, answer.code(), tests.tests()))
                        .toList())
                .thenApply(rates -> contrast(task, tests, answers, rates));
    }

    private Attempt contrast(
            Task task, TestWriter.Written tests, List<Answer> answers, List<PassRate> rates) {
        int best = 0;
        int worst = 0;
        for (int i = 1; i < rates.size(); i++) {
            best = rates.get(i).value() > rates.get(best).value() ? i : best;
            worst = rates.get(i).value() < rates.get(worst).value() ? i : worst;
        }
        PassRate chosen = rates.get(best);
        PassRate rejected = rates.get(worst);
        if (best == worst || !rule.suffices(chosen) || !rule.apart(chosen, rejected)) {
            return alike(
                    "of %d samples the best %s, the worst %s: chosen must pass synthesize.execution.min-pass-rate=%s of them, and rejected synthesize.execution.min-gap=%s less"
                            .formatted(
                                    answers.size(),
                                    chosen.describe(),
                                    rejected.describe(),
                                    rule.minPassRate(),
                                    rule.minGap()));
        }
        return candidate(task, answers.get(best).response(), answers.get(worst).response())
                .testedBy(tests, chosen.value(), rejected.value());
    }

    private static CompletableFuture<Attempt> untested(String why) {
        return CompletableFuture.completedFuture(new NoCandidate(SynthesizeReason.NO_TESTS, why));
    }

    /** Ends the runs that are under way. */
    @Override
    public void close() {
        pool.close();
    }
}
