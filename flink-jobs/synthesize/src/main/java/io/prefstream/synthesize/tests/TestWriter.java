package io.prefstream.synthesize.tests;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.reliable.RetryBudget;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.Writer;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Instructions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has a model write tests of a function from its description and its published code, once for all
 * pairs that are made of it: AceCoder's test cases (arXiv 2502.01718, section 2.1), without its
 * rewriting of the question. Whether they are right is not known here; validate runs them.
 *
 * <p>Assertions alone, in Java and Python, in the form of {@code CandidatePair.tests}. A function
 * that gets none, because the model fails or writes too few that can be used, goes on without.
 */
public final class TestWriter {

    private static final String NAME = "tests";

    private final TestSettings settings;
    private final GeneratorPool models;
    private final long seed;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong missing = new AtomicLong();

    /**
     * @param seed part of every choice
     */
    public TestWriter(TestSettings settings, GeneratorPool models, long seed) {
        this.settings = settings;
        this.models = models;
        this.seed = seed;
    }

    /**
     * Tests of a function.
     *
     * @param tests in the form of {@code CandidatePair.tests}
     * @param writer the model
     */
    public record Written(List<String> tests, String writer) {

        /** Those that a model wrote for a pair, empty where none did. */
        public static Optional<Written> of(CandidatePair pair) {
            return Optional.ofNullable(pair.getTestsWriter())
                    .map(writer -> new Written(pair.getTests(), writer));
        }

        /** The pair with these tests. */
        public CandidatePair on(CandidatePair pair) {
            return CandidatePair.newBuilder(pair).setTests(tests).setTestsWriter(writer).build();
        }
    }

    /** Whether tests are written of such a snippet: functions in Java and Python, by share. */
    public boolean covers(CodeSnippet snippet) {
        return suits(snippet)
                && ContentId.fraction(snippet.getId(), NAME, Long.toString(seed))
                        < settings.share();
    }

    /** Whether tests can be written of such a snippet: functions in Java and Python. */
    public static boolean suits(CodeSnippet snippet) {
        return snippet.getKind() == SnippetKind.FUNCTION && language(snippet).isPresent();
    }

    /** Asks for tests; empty where the model gives too few. Completes normally if it fails. */
    public CompletableFuture<Optional<Written>> write(CodeSnippet snippet, RetryBudget budget) {
        Language language = language(snippet).orElseThrow();
        String purpose = snippet.getId() + "/" + NAME;
        Writer writer =
                models.writer(
                        Role.TESTER,
                        ContentId.fraction(purpose, "who is tester", Long.toString(seed)));
        long asked = ContentId.seed(purpose, Long.toString(seed));
        return writer.ask(prompt(snippet, language), List.of(), asked, budget)
                // Not on the engine's own thread, which parsing the answer would hold up.
                .thenApplyAsync(
                        answer ->
                                usable(
                                        Assertions.in(
                                                answer.text(),
                                                language,
                                                snippet.getName(),
                                                settings.count(),
                                                settings.maxChars()),
                                        Writer.nameOf(answer)))
                .exceptionally(TestWriter::failed)
                .thenApply(this::counted);
    }

    /** Functions that got tests. */
    public long written() {
        return written.get();
    }

    /** Functions that were asked for and got none. */
    public long missing() {
        return missing.get();
    }

    private Optional<Written> usable(List<String> tests, String writer) {
        return tests.size() < settings.least()
                ? Optional.empty()
                : Optional.of(new Written(tests, writer));
    }

    private Optional<Written> counted(Optional<Written> tests) {
        (tests.isPresent() ? written : missing).incrementAndGet();
        return tests;
    }

    /** Whatever else comes is a defect, and ends the job. */
    private static Optional<Written> failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof GenerationException) {
            return Optional.empty();
        }
        throw new CompletionException(cause);
    }

    private static Optional<Language> language(CodeSnippet snippet) {
        return Language.ofCode(snippet.getLanguage())
                .filter(language -> language == Language.JAVA || language == Language.PYTHON);
    }

    private Prompt prompt(CodeSnippet snippet, Language language) {
        String example =
                language == Language.JAVA
                        ? "assert %s(…) == …;` (compare objects with equals, arrays with"
                                + " java.util.Arrays.equals; it is called like a method of the same"
                                + " class, without an object or a class in front"
                        : "assert %s(…) == …` (one statement on a line of its own";
        String described = Instructions.of(snippet, language, Integer.MAX_VALUE).text();
        return new Prompt.Chat(
                List.of(
                        new ChatMessage(
                                "user",
                                ("Write %d tests of the %s function below. It was asked for like"
                                     + " this:\n\n"
                                     + "%s\n\n"
                                     + "This is a right answer:\n\n"
                                     + "```\n"
                                     + "%s\n"
                                     + "```\n\n"
                                     + "Each test is one assertion that every right answer passes,"
                                     + " of the form `"
                                                + example
                                                + "). Use nothing but the function and the"
                                                + " language. Test usual input, limits and edge"
                                                + " cases, no two the same. Answer with the"
                                                + " assertions alone, in one code block.")
                                        .formatted(
                                                settings.count(),
                                                language.code(),
                                                described,
                                                snippet.getText(),
                                                snippet.getName()))));
    }
}
