package io.prefstream.verify.labels;

import io.prefstream.schemas.CandidatePair;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Judges in a published version: puts each side in the place of its function in the published file,
 * compiles that file against the published binary, and runs the project's own tests of that file's
 * type with the classes that come out.
 *
 * <p>A compiler's verdict comes before a test's. Tests that fail with the file as it was published
 * count for neither side. One thread at a time.
 */
final class LabelJudge implements Judge {

    private final PublishedProject project;
    private final Duration patience;
    private final FileCompiler compiler;
    private final Map<String, Optional<ProjectTests.Run>> baselines = new HashMap<>();
    private final Map<String, Boolean> asPublished = new HashMap<>();
    private final Map<String, Boolean> passes = new HashMap<>();

    /**
     * @param patience with a side's tests, in processor time, beside three times what those of the
     *     published file take
     */
    LabelJudge(PublishedProject project, Duration patience) throws IOException {
        this.project = project;
        this.patience = patience;
        this.compiler = new FileCompiler(project.classPath());
    }

    @Override
    public Ruling rule(CandidatePair pair, String function)
            throws IOException, InterruptedException {
        String path = PublishedProject.inArchive(pair.getPath());
        String source = project.sources().get(path);
        Optional<FunctionPlace> place =
                source == null ? Optional.empty() : FunctionPlace.of(source, function);
        if (place.isEmpty()
                || !asPublished.computeIfAbsent(
                        path, file -> compiler.compile(file, source).isPresent())) {
            return Ruling.NOT_PLACED;
        }
        var chosen = compiler.compile(path, place.get().with(pair.getChosen().getText()));
        var rejected = compiler.compile(path, place.get().with(pair.getRejected().getText()));
        if (chosen.isEmpty() || rejected.isEmpty()) {
            return chosen.isPresent()
                    ? Ruling.CONFIRMED_BY_COMPILER
                    : rejected.isPresent()
                            ? Ruling.CONTRADICTED_BY_COMPILER
                            : Ruling.NEITHER_COMPILES;
        }
        List<String> tests = project.testsOf(path);
        Optional<ProjectTests.Run> baseline = baseline(path, tests);
        if (baseline.isEmpty()) {
            return Ruling.NO_TESTS;
        }
        boolean chosenPasses = passes(path, tests, chosen.get(), baseline.get());
        boolean rejectedPasses = passes(path, tests, rejected.get(), baseline.get());
        if (chosenPasses == rejectedPasses) {
            return chosenPasses ? Ruling.BOTH_PASS : Ruling.BOTH_FAIL;
        }
        return chosenPasses ? Ruling.CONFIRMED_BY_TESTS : Ruling.CONTRADICTED_BY_TESTS;
    }

    /** How the tests end with the file as it was published; empty where none of them passes. */
    private Optional<ProjectTests.Run> baseline(String path, List<String> tests)
            throws IOException, InterruptedException {
        if (!baselines.containsKey(path)) {
            ProjectTests.Run run =
                    tests.isEmpty() ? null : project.tests().run(tests, patience.multipliedBy(4));
            baselines.put(
                    path,
                    Optional.ofNullable(run)
                            .filter(each -> each.ended() && each.tests() > each.failed().size()));
        }
        return baselines.get(path);
    }

    private boolean passes(
            String path,
            List<String> tests,
            SortedMap<String, byte[]> classes,
            ProjectTests.Run baseline)
            throws IOException, InterruptedException {
        String key = path + ProjectTests.key(classes);
        Boolean known = passes.get(key);
        if (known == null) {
            Duration limit = patience.plus(baseline.took().multipliedBy(3));
            known = project.tests().run(tests, classes, baseline, limit).passesAs(baseline);
            passes.put(key, known);
        }
        return known;
    }

    @Override
    public void close() {
        compiler.close();
    }
}
