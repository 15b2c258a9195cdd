package io.prefstream.execution;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the tests of answers in a {@link Sandbox}, all those of an answer in one run.
 *
 * <p>What a run says of a test counts only behind that test's token, which is random and which the
 * tested code isn't told. That keeps an answer that prints, exits or dies from passing; one that is
 * written against this very bench and searches its process's memory could still forge a result.
 *
 * <p>Thread-safe.
 */
public final class TestBench {

    private static final Logger LOG = LoggerFactory.getLogger(TestBench.class);

    /** More than this are not run: their tokens would not fit into a pipe. */
    public static final int MAX_TESTS = 1_000;

    private static final int TOKEN_BYTES = 16;
    private static final int SHOWN_CHARS = 300;

    private final Sandbox sandbox;
    private final Limits limits;
    private final Duration each;
    private final Isolation isolation;
    private final SecureRandom random = new SecureRandom();
    private final Map<TestLanguage, String> unusable = new EnumMap<>(TestLanguage.class);

    private TestBench(Sandbox sandbox, Limits limits, Duration each, Isolation isolation) {
        this.sandbox = sandbox;
        this.limits = limits;
        this.each = each;
        this.isolation = isolation;
    }

    /**
     * A bench that has tried each language with an answer that it knows.
     *
     * @param isolationOption what the user calls the wanted isolation, for the message
     * @throws SandboxException if less than the wanted isolation holds on this machine
     */
    public static TestBench open(BenchSettings settings, String isolationOption)
            throws IOException, InterruptedException {
        Limits limits = settings.limits();
        Sandbox sandbox = Sandbox.open(limits, settings.isolation(), isolationOption);
        TestBench bench = new TestBench(sandbox, limits, settings.testTimeout(), sandbox.look());
        LOG.info("tests run in a sandbox; {}", bench.isolation.describe());
        for (TestLanguage language : TestLanguage.values()) {
            bench.tryOut(language);
        }
        return bench;
    }

    private void tryOut(TestLanguage language) throws IOException, InterruptedException {
        List<String> tests = List.of(language.knownTest(1), language.knownTest(2));
        List<String> tokens = tokens(tests.size());
        SandboxRun run = start(language, language.knownAnswer(), tests, tokens);
        if (!run.output().equals("%s pass%n%s fail%n".formatted(tokens.toArray()))) {
            String why =
                    "%s tests can't be run on this machine (%s, status %d): %s"
                            .formatted(
                                    language.code(),
                                    run.ending().words(),
                                    run.status(),
                                    shown(run.output()));
            LOG.warn("{}", why);
            unusable.put(language, why);
        }
    }

    /** What isolates here, as it was found at the start. */
    public Isolation isolation() {
        return isolation;
    }

    /** Why no test of this language can be run here, empty where they can. */
    public Optional<String> unusable(TestLanguage language) {
        return Optional.ofNullable(unusable.get(language));
    }

    /**
     * Runs an answer's tests. A run that ends early leaves the rest of its tests without success.
     *
     * @param allTests at least one; only the first {@value #MAX_TESTS} are run
     * @throws SandboxException if the sandbox could not be set up
     */
    public PassRate run(TestLanguage language, String answer, List<String> allTests)
            throws IOException, InterruptedException {
        List<String> tests = allTests.subList(0, Math.min(allTests.size(), MAX_TESTS));
        List<String> tokens = tokens(tests.size());
        SandboxRun run = start(language, answer, tests, tokens);
        Set<String> lines = run.output().lines().collect(Collectors.toSet());
        int passed = count(tokens, "pass", lines);
        int failed = count(tokens, "fail", lines);
        int late = count(tokens, "late", lines);
        int unreported = tests.size() - passed - failed - late;
        return new PassRate(passed, late, unreported, tests.size(), run.ending().words());
    }

    private SandboxRun start(
            TestLanguage language, String answer, List<String> tests, List<String> tokens)
            throws IOException, InterruptedException {
        return sandbox.run(
                language.command(limits, tests.size(), each),
                language.files(answer, tests),
                String.join("\n", tokens) + "\n");
    }

    private List<String> tokens(int count) {
        List<String> tokens = new ArrayList<>(count);
        byte[] bytes = new byte[TOKEN_BYTES];
        for (int i = 0; i < count; i++) {
            random.nextBytes(bytes);
            tokens.add(HexFormat.of().formatHex(bytes));
        }
        return tokens;
    }

    private static int count(List<String> tokens, String result, Set<String> lines) {
        return (int) tokens.stream().filter(token -> lines.contains(token + " " + result)).count();
    }

    private static String shown(String output) {
        String line = output.strip().replaceAll("\\s*\\R\\s*", "; ");
        return line.substring(0, Math.min(line.length(), SHOWN_CHARS));
    }
}
