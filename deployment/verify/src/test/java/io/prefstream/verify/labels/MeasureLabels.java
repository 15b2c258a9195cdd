package io.prefstream.verify.labels;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How many candidates of each strategy validation keeps, and how often their label is right by a
 * check that has no code in common with it ({@link LabelJudge}).
 *
 * <p>Load: the functions of published Maven versions, in the order of their ids, go through ingest;
 * chunks of them through synthesize with one strategy at a time until it has made so many
 * candidates, or has taken so much processor time; the candidates of a strategy through validate.
 * Those candidates are judged, whether kept or not. The models are the two demonstration ones; what
 * tells answers apart for self-contrast is a release of the trainer ({@code preference-model}).
 * Fixes come from the history of a local git repository ({@code
 * GROUP:ARTIFACT:VERSION@GIT-FOLDER#[FROM..]TO}); they are judged in their own commit's tree
 * ({@link CommitJudge}), with what that version needs on the class path. Everything but the limits
 * of time is a function of the arguments. What Maven gets and what was ruled stays in the folder:
 * run again, it goes on with the judging.
 *
 * <pre>java -cp … io.prefstream.verify.labels.MeasureLabels out=FOLDER pairs=500 minutes=10
 *     [judge-minutes=20] [threads=2] [preference-model=FOLDER] [messages=REGEX] [only=mutation,critic]
 *     [option.KEY=VALUE …] GROUP:ARTIFACT:VERSION[@GIT-FOLDER#[FROM..]TO] …</pre>
 */
public final class MeasureLabels {

    private static final int CHUNK = 250;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Stages stages;
    private final Path outcomes;
    private final Map<String, Judges.Bench> benches = new HashMap<>();
    private final Map<String, String> functions = new HashMap<>();
    private final Judges judges;
    private final int wanted;
    private final Duration processorTime;

    private MeasureLabels(Map<String, String> arguments, Map<String, String> options, Path out) {
        stages = new Stages(options);
        outcomes = out.resolve("outcomes.jsonl");
        wanted = Integer.parseInt(arguments.getOrDefault("pairs", "500"));
        processorTime = minutes(arguments, "minutes", 10);
        judges =
                new Judges(
                        benches,
                        out.resolve("rulings"),
                        minutes(arguments, "judge-minutes", 20),
                        Integer.parseInt(arguments.getOrDefault("threads", "2")));
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> arguments = new LinkedHashMap<>();
        List<String> coordinates = new ArrayList<>();
        for (String arg : args) {
            int at = arg.indexOf('=');
            if (at < 0) {
                coordinates.add(arg);
            } else {
                arguments.put(arg.substring(0, at), arg.substring(at + 1));
            }
        }
        if (coordinates.isEmpty() || !arguments.containsKey("out")) {
            throw new IllegalArgumentException("usage: out=FOLDER … GROUP:ARTIFACT:VERSION …");
        }
        Path out = Files.createDirectories(Path.of(arguments.get("out")).toAbsolutePath());
        MeasureLabels measure = new MeasureLabels(arguments, DemoPool.options(arguments, out), out);
        measure.run(coordinates, arguments, out);
        // Flink's clusters leave threads behind.
        System.exit(0);
    }

    private void run(List<String> coordinates, Map<String, String> arguments, Path out)
            throws Exception {
        List<RepoEvent> versions = new ArrayList<>();
        List<RepoEvent> commits = new ArrayList<>();
        Path kept = out.resolve("projects");
        Pattern messages = Pattern.compile(arguments.getOrDefault("messages", ""));
        Map<String, List<Path>> needed = new HashMap<>();
        for (String each : coordinates) {
            String[] parts = each.split("[@#]", -1);
            if (parts.length == 3) {
                List<Path> dependencies = PublishedProject.dependencies(parts[0], kept);
                Path git = Path.of(parts[1]);
                for (RepoEvent commit : PublishedEvents.commits(git, parts[2], messages)) {
                    Publication made = (Publication) commit.getBody();
                    commits.add(commit);
                    needed.put(made.getRevision(), dependencies);
                    benches.put(
                            made.getRepository(),
                            () ->
                                    new CommitJudge(
                                            git,
                                            revision -> needed.getOrDefault(revision, List.of()),
                                            kept.resolve("commits"),
                                            PATIENCE));
                }
            } else {
                PublishedProject project = PublishedProject.fetch(parts[0], kept);
                RepoEvent version = PublishedEvents.maven(parts[0]);
                versions.add(version);
                benches.put(
                        ((Publication) version.getBody()).getRepository(),
                        () -> new LabelJudge(project, PATIENCE));
            }
        }
        List<CodeSnippet> snippets = functions(versions);
        List<CodeSnippet> changed = functions(commits);
        List<String> only = List.of(arguments.getOrDefault("only", "").split(",", -1));
        List<Measured> all = new ArrayList<>();
        for (String share : Stages.shares()) {
            String strategy = share.split("\\.", -1)[1];
            if (only.contains(strategy) || only.contains("")) {
                boolean fixes = strategy.equals("commit");
                all.add(measure(strategy, share, fixes ? changed : snippets));
            }
        }
        System.out.println("\n| strategy | attempts | candidates in | refused | kept |");
        System.out.println("|---|--:|--:|---|--:|");
        all.forEach(each -> System.out.println(each.yieldRow()));
        System.out.println(
                "\n"
                    + "| strategy | judged | decided | confirmed, compiler + tests | contradicted |"
                    + " precision (95 %) | undecided | both pass | both fail | tests at odds | no"
                    + " tests | neither compiles | not placed |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        all.forEach(each -> System.out.println(each.labelRows()));
    }

    /** In the order of their ids; of commits those that one changed. */
    private List<CodeSnippet> functions(List<RepoEvent> events) throws Exception {
        List<CodeSnippet> snippets = new ArrayList<>();
        if (!events.isEmpty()) {
            for (CodeSnippet snippet : stages.ingest(events).records()) {
                String path = PublishedProject.inArchive(snippet.getPath());
                boolean changed = snippet.getChange() != null;
                if (snippet.getRepository().startsWith("maven:")
                        || changed && !path.equals(snippet.getPath())) {
                    snippets.add(snippet);
                    functions.put(snippet.getId(), snippet.getText());
                }
            }
        }
        snippets.sort(Comparator.comparing(CodeSnippet::getId));
        System.out.printf("%,d functions of %,d events%n", snippets.size(), events.size());
        return snippets;
    }

    private Measured measure(String strategy, String share, List<CodeSnippet> snippets)
            throws Exception {
        List<CandidatePair> candidates = new ArrayList<>();
        List<Rejection> none = new ArrayList<>();
        long begin = processorNanos();
        for (int at = 0; at < snippets.size() && candidates.size() < wanted; at += CHUNK) {
            if (processorNanos() - begin > processorTime.toNanos()) {
                break;
            }
            Stages.Result<CandidatePair> made =
                    stages.synthesize(
                            snippets.subList(at, Math.min(snippets.size(), at + CHUNK)), share);
            candidates.addAll(made.records());
            none.addAll(made.rejections());
        }
        long attempts = candidates.size() + none.size();
        System.out.printf(
                "%s: %,d attempts, %,d candidates, %,d s of processor time; none for: %s%n",
                strategy,
                attempts,
                candidates.size(),
                Duration.ofNanos(processorNanos() - begin).toSeconds(),
                Measured.inWords(byReason(none)));
        candidates.sort(Comparator.comparing(CandidatePair::getId));
        List<CandidatePair> in = candidates.subList(0, Math.min(wanted, candidates.size()));
        Stages.Result<PreferencePair> judged =
                in.isEmpty() ? new Stages.Result<>(List.of(), List.of()) : stages.validate(in);
        Measured measured =
                new Measured(
                        strategy,
                        attempts,
                        in,
                        judged.records().stream()
                                .map(PreferencePair::getId)
                                .collect(Collectors.toSet()),
                        byReason(judged.rejections()),
                        judges.rulings(in, functions));
        System.out.println(measured.yieldRow());
        System.out.println(measured.labelRows());
        writeOutcomes(measured, judged.records());
        return measured;
    }

    /**
     * The decided labels with what was said of them, as CalibrateLabels reads them; those that
     * tests are at odds about count as not confirmed.
     */
    private void writeOutcomes(Measured measured, List<PreferencePair> kept) throws IOException {
        Map<String, PreferencePair> byId = new HashMap<>();
        kept.forEach(pair -> byId.put(pair.getId(), pair));
        ObjectMapper json = new ObjectMapper();
        List<String> lines = new ArrayList<>();
        for (CandidatePair candidate : measured.candidates()) {
            Ruling ruling = measured.rulings().get(candidate.getId());
            if (ruling == null || !ruling.decides()) {
                continue;
            }
            PreferencePair pair = byId.get(candidate.getId());
            Map<String, Object> outcome = new LinkedHashMap<>();
            outcome.put("repository", candidate.getRepository());
            outcome.put("strategy", candidate.getStrategy());
            outcome.put("tested", false);
            outcome.put("confirmed", ruling.confirmed());
            if (pair != null && pair.getMargin() != null) {
                outcome.put("margin", pair.getMargin());
            }
            lines.add(json.writeValueAsString(outcome));
        }
        Files.write(outcomes, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static SortedMap<String, Long> byReason(List<Rejection> rejections) {
        return rejections.stream()
                .collect(
                        Collectors.groupingBy(
                                Rejection::getReason, TreeMap::new, Collectors.counting()));
    }

    private static Duration minutes(Map<String, String> arguments, String key, int otherwise) {
        return Duration.ofMinutes(
                Integer.parseInt(arguments.getOrDefault(key, Integer.toString(otherwise))));
    }

    private static long processorNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
