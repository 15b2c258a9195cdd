package io.prefstream.synthesize.kinds;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.ContentId;
import io.prefstream.synthesize.kinds.CodeFeatures.Feature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Fits the weights of {@link HeuristicClassifier} to functions that are labelled by where they
 * stand, and measures it on other places.
 *
 * <p>The rule: every function of a module whose business is mathematics, algorithms or data
 * structures is non-engineering code; every function of one whose business is files, networks,
 * processes, protocols or frameworks is engineering code. {@code kinds-sources.txt} lists the
 * modules. Functions of less than {@value #LEAST_LINES} lines are left out, and of each module at
 * most {@value #MOST} are taken, by the hash of their text. The fit weighs all modules alike and
 * has a little decay.
 *
 * <pre>
 * java -cp … io.prefstream.synthesize.kinds.MeasureKinds kinds-sources.txt NAME=FOLDER_OR_ZIP …
 * </pre>
 */
final class MeasureKinds {
    private static final int LEAST_LINES = 3;
    private static final int MOST = 300;
    private static final int STEPS = 3_000;
    private static final double RATE = 0.5;
    private static final double DECAY = 0.002;

    private MeasureKinds() {}

    /**
     * A function.
     *
     * @param module the line of the list that it is from
     */
    private record Example(
            String module,
            boolean train,
            boolean engineering,
            Language language,
            double weight,
            CodeFeatures features) {}

    /** Runs it; arguments as above. */
    public static void main(String[] args) throws IOException {
        Map<String, Path> roots = new HashMap<>();
        for (String arg : List.of(args).subList(1, args.length)) {
            roots.put(
                    arg.substring(0, arg.indexOf('=')),
                    Path.of(arg.substring(arg.indexOf('=') + 1)));
        }
        List<Example> examples = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            if (!line.isBlank() && !line.startsWith("#")) {
                examples.addAll(read(line, roots));
            }
        }
        List<Example> train = examples.stream().filter(Example::train).toList();
        List<Example> held = examples.stream().filter(e -> !e.train()).toList();
        report("shipped weights, fitted to", train);
        report("shipped weights, held out", held);
        calibration(held);
        fit(train);
    }

    private static List<Example> read(String line, Map<String, Path> roots) throws IOException {
        String[] words = line.split("\\s+");
        Path root = roots.get(words[2]);
        if (root == null) {
            throw new IllegalArgumentException(
                    "say where %s is: %s=…".formatted(words[2], words[2]));
        }
        List<Example> found = new ArrayList<>();
        if (Files.isDirectory(root)) {
            collect(line, root.resolve(words[3]), words, found);
        } else {
            try (FileSystem zip = FileSystems.newFileSystem(root)) {
                collect(line, zip.getPath("/" + words[3]), words, found);
            }
        }
        System.out.printf("%5d functions: %s%n", found.size(), line);
        double weight = found.isEmpty() ? 0 : 1.0 / found.size();
        return found.stream()
                .map(
                        e ->
                                new Example(
                                        e.module,
                                        e.train,
                                        e.engineering,
                                        e.language,
                                        weight,
                                        e.features))
                .toList();
    }

    private static void collect(String line, Path place, String[] words, List<Example> into)
            throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(place)) {
            files =
                    walk.filter(Files::isRegularFile)
                            .filter(file -> !file.toString().contains("/test"))
                            .filter(file -> Language.ofPath(file.toString()).isPresent())
                            .sorted()
                            .toList();
        }
        Map<String, Example> byHash = new java.util.TreeMap<>();
        for (Path file : files) {
            Optional<Language> language = Language.ofPath(file.toString());
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            try (SyntaxTree tree = SyntaxTree.parse(language.orElseThrow(), text)) {
                for (CodePart part : CodeSplitter.functions(tree)) {
                    if (part.text().lines().count() >= LEAST_LINES) {
                        byHash.put(
                                ContentId.of(part.text()),
                                new Example(
                                        line,
                                        words[0].equals("fit"),
                                        words[1].equals("engineering"),
                                        language.orElseThrow(),
                                        1,
                                        CodeFeatures.of(language.orElseThrow(), part.text())));
                    }
                }
            }
        }
        byHash.values().stream().limit(MOST).forEach(into::add);
    }

    private static void report(String what, List<Example> examples) {
        for (Language language : List.of(Language.JAVA, Language.PYTHON)) {
            List<Example> some = examples.stream().filter(e -> e.language == language).toList();
            System.out.printf(
                    Locale.ROOT,
                    "%s, %s: %d functions, %d of them engineering; right %.3f (engineering %.3f,"
                            + " other %.3f), area under the curve %.3f%n",
                    what,
                    language.code(),
                    some.size(),
                    some.stream().filter(Example::engineering).count(),
                    (right(some, true) + right(some, false)) / 2,
                    right(some, true),
                    right(some, false),
                    area(some));
        }
    }

    private static double right(List<Example> examples, boolean engineering) {
        return examples.stream()
                .filter(e -> e.engineering == engineering)
                .mapToInt(e -> (probability(e) >= 0.5) == engineering ? 1 : 0)
                .average()
                .orElse(Double.NaN);
    }

    /** The chance that a function of engineering code gets more than another one. */
    private static double area(List<Example> examples) {
        List<Example> sorted =
                examples.stream()
                        .sorted(Comparator.comparingDouble(MeasureKinds::probability))
                        .toList();
        long below = 0;
        long others = 0;
        long engineering = 0;
        for (Example each : sorted) {
            if (each.engineering) {
                below += others;
                engineering++;
            } else {
                others++;
            }
        }
        return (double) below / (others * engineering);
    }

    private static void calibration(List<Example> examples) {
        for (double from : new double[] {0.5, 0.6, 0.7, 0.8, 0.9}) {
            List<Example> bin =
                    examples.stream()
                            .filter(
                                    e -> {
                                        double sure = Math.max(probability(e), 1 - probability(e));
                                        return sure >= from && sure < from + 0.1 + 1e-9;
                                    })
                            .toList();
            System.out.printf(
                    Locale.ROOT,
                    "held out, confidence %.1f to %.1f: %d functions, right %.3f%n",
                    from,
                    from + 0.1,
                    bin.size(),
                    bin.stream()
                            .mapToInt(e -> (probability(e) >= 0.5) == e.engineering ? 1 : 0)
                            .average()
                            .orElse(Double.NaN));
        }
    }

    private static double probability(Example example) {
        return HeuristicClassifier.engineering(example.features);
    }

    /** Gradient descent on the logistic loss over standardized features; prints raw weights. */
    private static void fit(List<Example> train) {
        Feature[] features = Feature.values();
        int n = features.length;
        double[] mean = new double[n];
        double[] deviation = new double[n];
        for (int f = 0; f < n; f++) {
            Feature feature = features[f];
            mean[f] =
                    train.stream()
                            .mapToDouble(e -> e.features.get(feature))
                            .average()
                            .orElseThrow();
            double center = mean[f];
            deviation[f] =
                    Math.sqrt(
                            train.stream()
                                    .mapToDouble(e -> Math.pow(e.features.get(feature) - center, 2))
                                    .average()
                                    .orElseThrow());
        }
        Map<String, Double> sides = new HashMap<>();
        for (Example e : train) {
            sides.merge(side(e), e.weight, Double::sum);
        }
        double[] weights = new double[n];
        double bias = 0;
        for (int step = 0; step < STEPS; step++) {
            double[] gradient = new double[n];
            double biasGradient = 0;
            for (Example e : train) {
                double sum = bias;
                for (int f = 0; f < n; f++) {
                    sum += weights[f] * (e.features.get(features[f]) - mean[f]) / deviation[f];
                }
                double error =
                        (1 / (1 + Math.exp(-sum)) - (e.engineering ? 1 : 0))
                                * e.weight
                                / sides.get(side(e))
                                / sides.size();
                biasGradient += error;
                for (int f = 0; f < n; f++) {
                    gradient[f] += error * (e.features.get(features[f]) - mean[f]) / deviation[f];
                }
            }
            bias -= RATE * biasGradient;
            for (int f = 0; f < n; f++) {
                weights[f] -= RATE * (gradient[f] + DECAY * weights[f]);
            }
        }
        double rawBias = bias;
        for (int f = 0; f < n; f++) {
            rawBias -= weights[f] * mean[f] / deviation[f];
            System.out.printf(
                    Locale.ROOT,
                    "Map.entry(Feature.%s, %.3f),%n",
                    features[f],
                    weights[f] / deviation[f]);
        }
        System.out.printf(Locale.ROOT, "BIAS = %.3f%n", rawBias);
    }

    /** Both kinds in each language count alike. */
    private static String side(Example example) {
        return example.language + " " + example.engineering;
    }
}
