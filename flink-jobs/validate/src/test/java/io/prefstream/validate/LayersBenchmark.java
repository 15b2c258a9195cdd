package io.prefstream.validate;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.DeclaredFunction;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.Node;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.Verdict;
import io.prefstream.validate.checks.BalanceCheck;
import io.prefstream.validate.checks.CandidateView;
import io.prefstream.validate.checks.Check;
import io.prefstream.validate.checks.CheckResult;
import io.prefstream.validate.checks.CodeReader;
import io.prefstream.validate.checks.Court;
import io.prefstream.validate.checks.Judgement;
import io.prefstream.validate.checks.TokenEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What each layer of checks costs and refuses, and how many pairs a second one thread judges.
 *
 * <p>Load: functions of 3 lines to 8,192 characters from files, folders and archives of sources,
 * each answered by itself and by a copy in whose body two identifiers changed places, under its
 * documentation's first line and its signature (with {@code unlike} by another function instead,
 * the one before it, as if two models had answered); at most 3,000, taken evenly. Times are the
 * thread's processor time, as other programs may run beside it. That of a layer is per pair that
 * comes in, so that the sum is the whole; parsing both sides stands alone, before the first layer
 * that wants it, and what is looked for before all layers. Tokens are counted in bytes. The rate is
 * the best of ten rounds; the aim is 2,000 pairs a second and core. With {@code outcomes=FILE}
 * nothing is timed: all that is said about each pair of all functions is written, so that what two
 * versions say can be compared.
 *
 * <pre>java -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas -cp $CP
 *     io.prefstream.validate.LayersBenchmark [unlike] [outcomes=FILE] [--validate.KEY=VALUE …] PATH…
 * </pre>
 */
final class LayersBenchmark {

    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final int PAIRS = 3_000;
    private static final int CHUNK = 250;
    private static final int ROUNDS = 10;
    private static final int MIN_LINES = 3;
    private static final int MAX_CHARS = 8_192;
    private static final String OUTCOMES = "outcomes=";

    private final CodeReader reader = new CodeReader();
    private final ValidateSettings settings;
    private final Exclusions exclusions;
    private final List<CandidatePair> pairs;

    private LayersBenchmark(ValidateSettings settings, List<CandidatePair> pairs) {
        this.settings = settings;
        this.exclusions = new Exclusions.Source(List::of, settings.benchmarks(), List::of).read();
        this.pairs = pairs;
    }

    public static void main(String[] args) throws IOException {
        String[] options =
                Arrays.stream(args).filter(arg -> arg.startsWith("--")).toArray(String[]::new);
        Functions functions = new Functions(Arrays.asList(args).contains("unlike"));
        Path outcomes = null;
        for (String arg : args) {
            if (arg.startsWith(OUTCOMES)) {
                outcomes = Path.of(arg.substring(OUTCOMES.length()));
            } else if (!arg.startsWith("--") && !arg.equals("unlike")) {
                functions.read(Path.of(arg));
            }
        }
        List<CandidatePair> pairs = outcomes == null ? functions.pairs() : functions.all;
        double chars =
                pairs.stream()
                        .mapToInt(
                                pair ->
                                        pair.getChosen().getText().length()
                                                + pair.getRejected().getText().length())
                        .average()
                        .orElseThrow();
        System.out.printf(
                Locale.ROOT, "%,d pairs of %,.0f characters on average%n", pairs.size(), chars);
        LayersBenchmark benchmark =
                new LayersBenchmark(
                        ValidateOptions.settings(
                                JobOptions.of(ValidateOptions.all()).parse(options)),
                        pairs);
        if (outcomes != null) {
            benchmark.writeOutcomes(outcomes);
            return;
        }
        benchmark.printRate();
        benchmark.printLayers();
    }

    /** Each pair's id and all that is said about it, so that two versions can be compared. */
    private void writeOutcomes(Path file) throws IOException {
        Court court = new Court(reader, checks());
        List<String> lines = new ArrayList<>();
        for (CandidatePair pair : pairs) {
            lines.add(pair.getId() + " " + court.judge(pair).toString().replace("\n", "\\n"));
        }
        Files.write(file, lines);
    }

    private List<Check> checks() {
        List<BalanceCheck> balances =
                settings.checks().balanced().stream()
                        .map(
                                measure ->
                                        new BalanceCheck(
                                                measure,
                                                settings.checks().imbalanceLimit(),
                                                pair -> settings.split().of(pair).toString()))
                        .toList();
        return Layers.ofChecks(settings.checks(), TokenEncoder.bytes(), balances);
    }

    private void printRate() {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Court court = new Court(reader, checks());
            long start = CLOCK.getCurrentThreadCpuTime();
            for (CandidatePair pair : pairs) {
                if (exclusions.refusal(pair).isEmpty()) {
                    court.judge(pair);
                }
            }
            best = Math.max(best, pairs.size() * 1e9 / (CLOCK.getCurrentThreadCpuTime() - start));
        }
        System.out.printf(Locale.ROOT, "%,.0f pairs a second of one core%n", best);
    }

    private void printLayers() {
        Map<String, Integer> refused = new HashMap<>();
        Map<String, Integer> failed = new HashMap<>();
        countVerdicts(refused, failed);
        Map<String, Long> nanos = times();
        System.out.printf("%-20s %12s %10s %10s%n", "layer", "µs a pair", "refused", "failed");
        for (String layer : nanos.keySet()) {
            print(layer, nanos.get(layer), refused.get(layer), failed.get(layer));
        }
        print("all", sum(nanos), sum(refused), sum(failed));
    }

    private void print(String layer, Number nanos, Number refused, Number failed) {
        System.out.printf(
                Locale.ROOT,
                "%-20s %12.1f %8.2f %% %8.2f %%%n",
                layer,
                nanos.doubleValue() / 1e3 / pairs.size(),
                100 * (refused == null ? 0 : refused.doubleValue()) / pairs.size(),
                100 * (failed == null ? 0 : failed.doubleValue()) / pairs.size());
    }

    private static double sum(Map<String, ? extends Number> numbers) {
        return numbers.values().stream().mapToDouble(Number::doubleValue).sum();
    }

    private void countVerdicts(Map<String, Integer> refused, Map<String, Integer> failed) {
        Court court = new Court(reader, checks());
        for (CandidatePair pair : pairs) {
            Judgement judgement = court.judge(pair);
            if (judgement instanceof Judgement.Refused found) {
                refused.merge(found.check(), 1, Integer::sum);
            } else if (judgement instanceof Judgement.Admitted admitted) {
                admitted.outcomes().stream()
                        .filter(outcome -> outcome.getVerdict() == Verdict.FAIL)
                        .forEach(outcome -> failed.merge(outcome.getCheck(), 1, Integer::sum));
            }
        }
    }

    /** Each layer over many pairs in a row, so that reading the clock costs nothing. */
    private Map<String, Long> times() {
        List<Check> checks = new ArrayList<>(checks());
        int parsing = checks.stream().map(Check::name).toList().indexOf("language");
        checks.add(parsing, new Parsing());
        Map<String, Long> nanos = new LinkedHashMap<>();
        excluded(nanos);
        for (int from = 0; from < pairs.size(); from += CHUNK) {
            List<CandidateView> all = new ArrayList<>();
            for (CandidatePair pair : pairs.subList(from, Math.min(pairs.size(), from + CHUNK))) {
                all.add(new CandidateView(pair, reader));
            }
            List<CandidateView> left = all;
            for (Check check : checks) {
                List<CandidateView> passed = new ArrayList<>();
                long start = CLOCK.getCurrentThreadCpuTime();
                for (CandidateView view : left) {
                    if (!(check.judge(view) instanceof CheckResult.Refused)) {
                        passed.add(view);
                    }
                }
                nanos.merge(check.name(), CLOCK.getCurrentThreadCpuTime() - start, Long::sum);
                left = passed;
            }
            all.forEach(CandidateView::close);
        }
        return nanos;
    }

    /** What stands before all layers: benchmarks, and opt-outs of which there are none here. */
    private void excluded(Map<String, Long> nanos) {
        long start = CLOCK.getCurrentThreadCpuTime();
        long excluded = pairs.stream().filter(pair -> exclusions.refusal(pair).isPresent()).count();
        nanos.put("(exclusions)", CLOCK.getCurrentThreadCpuTime() - start);
        System.out.printf(Locale.ROOT, "%,d excluded%n", excluded);
    }

    /** Pays for the parse of both sides. */
    private static final class Parsing implements Check {

        @Override
        public String name() {
            return "(parsing)";
        }

        @Override
        public CheckResult judge(CandidateView candidate) {
            candidate.chosen();
            candidate.rejected();
            return new CheckResult.Passed(null);
        }
    }

    /** Functions of sources, and a pair of each. */
    private static final class Functions {

        private final List<CandidatePair> all = new ArrayList<>();
        private final Random random = new Random(1);
        private final boolean unlike;
        private Optional<String> previous = Optional.empty();

        Functions(boolean unlike) {
            this.unlike = unlike;
        }

        List<CandidatePair> pairs() {
            int step = Math.max(1, all.size() / PAIRS);
            List<CandidatePair> some = new ArrayList<>();
            for (int i = 0; i < all.size() && some.size() < PAIRS; i += step) {
                some.add(all.get(i));
            }
            Collections.shuffle(some, random);
            return some;
        }

        void read(Path place) throws IOException {
            if (Files.isDirectory(place)) {
                try (var files = Files.walk(place)) {
                    for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                        read(file);
                    }
                }
            } else if (place.toString().endsWith(".jar")) {
                try (ZipFile jar = new ZipFile(place.toFile())) {
                    for (ZipEntry entry : Collections.list(jar.entries())) {
                        try (InputStream in = jar.getInputStream(entry)) {
                            cut(entry.getName(), in.readAllBytes());
                        }
                    }
                }
            } else {
                cut(place.toString(), Files.readAllBytes(place));
            }
        }

        private void cut(String path, byte[] bytes) {
            Optional<Language> language = Language.ofPath(path);
            if (language.isEmpty()) {
                return;
            }
            String source = new String(bytes, StandardCharsets.UTF_8);
            try (SyntaxTree tree = SyntaxTree.parse(language.get(), source)) {
                for (CodePart function : CodeSplitter.functions(tree)) {
                    String text = function.text();
                    if (!function.broken()
                            && text.length() <= MAX_CHARS
                            && text.lines().count() >= MIN_LINES) {
                        (unlike ? previous : swapped(language.get(), text))
                                .ifPresent(
                                        other ->
                                                all.add(
                                                        pair(
                                                                language.get(),
                                                                path,
                                                                function,
                                                                other)));
                        previous = Optional.of(text);
                    }
                }
            }
        }

        /** The text with two different identifiers exchanged; empty where it has no two. */
        private Optional<String> swapped(Language language, String text) {
            try (SyntaxTree tree = SyntaxTree.parseFragment(language, text)) {
                List<Node> names = new ArrayList<>();
                for (DeclaredFunction function : DeclaredFunction.in(language, tree.root())) {
                    if (function.body() != null) {
                        names.addAll(function.body().preorder());
                    }
                }
                names.removeIf(node -> !node.is("identifier") || "name".equals(node.field()));
                Collections.shuffle(names, random);
                for (Node other : names) {
                    Node one = names.get(0);
                    if (!one.text().equals(other.text())) {
                        Node first = one.start() < other.start() ? one : other;
                        Node second = first == one ? other : one;
                        return Optional.of(
                                text.substring(0, first.start())
                                        + second.text()
                                        + text.substring(first.end(), second.start())
                                        + first.text()
                                        + text.substring(second.end()));
                    }
                }
                return Optional.empty();
            }
        }

        private static CandidatePair pair(
                Language language, String path, CodePart function, String other) {
            String doc = function.docComment();
            String said = doc == null ? "" : doc.lines().findFirst().orElse("") + "\n";
            String instruction = said + function.signature();
            return CandidatePair.newBuilder(
                            Candidates.of(language.code(), path, function.text(), other))
                    .setId(ContentId.of(instruction, function.text(), other))
                    .setRepository(path)
                    .setInstruction(instruction)
                    .build();
        }
    }
}
