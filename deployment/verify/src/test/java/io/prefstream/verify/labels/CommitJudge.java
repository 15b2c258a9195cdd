package io.prefstream.verify.labels;

import io.prefstream.schemas.CandidatePair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Judges a commit's pair in the commit's own tree: chosen is the function as it stands there,
 * rejected takes its place. The commit's tests of the file's type and those that the commit touched
 * are compiled from that tree, with all that they need, and run with both sides. Where the commit
 * touched tests, these as they were before run with both sides too, over the commit's code: a fix
 * that breaks what was tested before is contradicted, and where the old tests say the opposite of
 * the new ones nothing is decided. What a compiler says isn't asked: that the old function doesn't
 * compile among new code says nothing of it.
 */
final class CommitJudge implements Judge {

    private static final Pattern TEST_FILE =
            Pattern.compile("(?:.*/)?(?:Test[^/]*|[^/]*(?:Tests?|TestCase))\\.java");

    private final Function<String, List<Path>> dependencies;
    private final Path scratch;
    private final Duration patience;
    private final Repository repository;
    private @Nullable Trees current;

    /** A commit and its parent. */
    private record Trees(String commit, Path folder, Checkout after, Checkout before) {}

    /**
     * Tests as they are compiled.
     *
     * @param classPath with the classes of the tests and of all they need first
     * @param names of the classes that are run
     */
    private record Compiled(ProjectTests tests, List<Path> classPath, List<String> names) {}

    /**
     * @param git folder of the history
     * @param dependencies what code and tests of a commit need, by its hash
     * @param patience with a side's tests, in processor time, beside three times what those of the
     *     commit take
     */
    CommitJudge(
            Path git, Function<String, List<Path>> dependencies, Path scratch, Duration patience)
            throws IOException {
        this.repository = new FileRepositoryBuilder().setGitDir(git.toFile()).build();
        this.dependencies = dependencies;
        this.scratch = Files.createDirectories(scratch);
        this.patience = patience;
    }

    @Override
    public Ruling rule(CandidatePair pair, String function)
            throws IOException, InterruptedException {
        Trees trees = treesOf(pair.getRevision());
        String path = pair.getPath();
        Optional<FunctionPlace> place = FunctionPlace.of(trees.after.text(path), function);
        if (place.isEmpty()) {
            return Ruling.NOT_PLACED;
        }
        String root = trees.after.root(path);
        List<String> named = trees.after.testsOf(path);
        Set<String> all = new LinkedHashSet<>(named);
        all.addAll(touchedTests(trees.after, trees.before, root));
        Path folder = Files.createTempDirectory(scratch, "judge");
        try {
            Optional<Compiled> after = Optional.empty();
            // A touched test may need what no release has.
            for (List<String> tests : List.of(List.copyOf(all), named, List.<String>of())) {
                if (after.isEmpty()) {
                    after = compile(trees, trees.after, path, tests, folder.resolve("after"));
                }
            }
            if (after.isEmpty()) {
                return Ruling.NOT_PLACED;
            }
            Optional<SortedMap<String, byte[]>> rejected;
            try (FileCompiler compiler = new FileCompiler(after.get().classPath)) {
                rejected = compiler.compile(path, place.get().with(pair.getRejected().getText()));
            }
            return rejected.isEmpty()
                    ? Ruling.NOT_PLACED
                    : rule(trees, path, root, after.get(), rejected.get(), folder);
        } finally {
            ProjectTests.delete(folder);
        }
    }

    private Ruling rule(
            Trees trees,
            String path,
            String root,
            Compiled after,
            SortedMap<String, byte[]> rejected,
            Path folder)
            throws IOException, InterruptedException {
        if (after.names.isEmpty()) {
            return Ruling.NO_TESTS;
        }
        Optional<Boolean> forChosen = fails(after, new TreeMap<>(), rejected);
        if (forChosen.isEmpty()) {
            return Ruling.NO_TESTS;
        }
        List<String> old = touchedTests(trees.before, trees.after, root);
        boolean forRejected = false;
        if (!old.isEmpty()) {
            Optional<Compiled> before =
                    compile(trees, trees.before, path, old, folder.resolve("before"));
            if (before.isPresent()) {
                forRejected = fails(before.get(), rejected, new TreeMap<>()).orElse(false);
            }
        }
        if (forChosen.get() && forRejected) {
            return Ruling.TESTS_AT_ODDS;
        }
        return forChosen.get()
                ? Ruling.CONFIRMED_BY_TESTS
                : forRejected ? Ruling.CONTRADICTED_BY_TESTS : Ruling.BOTH_PASS;
    }

    /** Whether a test that passes with these classes fails with those; empty if none passes. */
    private Optional<Boolean> fails(
            Compiled compiled, SortedMap<String, byte[]> passing, SortedMap<String, byte[]> tried)
            throws IOException, InterruptedException {
        ProjectTests.Run baseline =
                compiled.tests.run(compiled.names, passing, null, patience.multipliedBy(4));
        if (!baseline.ended() || baseline.tests() <= baseline.failed().size()) {
            return Optional.empty();
        }
        Duration limit = patience.plus(baseline.took().multipliedBy(3));
        return Optional.of(
                !compiled.tests.run(compiled.names, tried, baseline, limit).passesAs(baseline));
    }

    /** Compiles the commit's file with tests of one of its two trees. */
    private Optional<Compiled> compile(
            Trees trees, Checkout ofTests, String path, List<String> tests, Path folder)
            throws IOException {
        Set<Path> roots = new LinkedHashSet<>(trees.after.besides(trees.after.root(path)));
        Map<String, String> sources = new LinkedHashMap<>();
        sources.put(path, trees.after.text(path));
        for (String test : tests) {
            sources.put(test, ofTests.text(test));
            roots.addAll(ofTests.besides(ofTests.root(test)));
        }
        List<Path> needed = dependencies.apply(trees.commit);
        Optional<SortedMap<String, byte[]>> classes;
        try (FileCompiler compiler = new FileCompiler(needed, List.copyOf(roots))) {
            classes = compiler.compile(sources);
        }
        if (classes.isEmpty()) {
            return Optional.empty();
        }
        ProjectTests.write(classes.get(), folder);
        List<Path> classPath = new ArrayList<>(List.of(folder));
        classPath.addAll(needed);
        List<Path> withResources = new ArrayList<>(classPath);
        withResources.addAll(1, roots);
        return Optional.of(
                new Compiled(
                        new ProjectTests(withResources, scratch, ofTests.folder()),
                        classPath,
                        tests.stream()
                                .map(test -> ofTests.typeName(test).replace('/', '.'))
                                .toList()));
    }

    private static List<String> touchedTests(Checkout tree, Checkout other, String mainRoot) {
        return tree.unlike(other).stream()
                .filter(path -> TEST_FILE.matcher(path).matches())
                .filter(path -> !tree.root(path).equals(mainRoot))
                .toList();
    }

    private Trees treesOf(String revision) throws IOException {
        if (current == null || !current.commit.equals(revision)) {
            forget();
            Path folder = Files.createTempDirectory(scratch, "commit");
            try (RevWalk walk = new RevWalk(repository)) {
                RevCommit commit = walk.parseCommit(ObjectId.fromString(revision));
                current =
                        new Trees(
                                revision,
                                folder,
                                Checkout.of(repository, commit, folder.resolve("after")),
                                Checkout.of(
                                        repository,
                                        walk.parseCommit(commit.getParent(0)),
                                        folder.resolve("before")));
            }
        }
        return current;
    }

    private void forget() throws IOException {
        if (current != null) {
            ProjectTests.delete(current.folder);
            current = null;
        }
    }

    @Override
    public void close() {
        try {
            forget();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        repository.close();
    }
}
