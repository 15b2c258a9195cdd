package io.prefstream.synthesize.mutation;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Makes pairs from real code, writes them as JSON lines, and measures what they give away.
 *
 * <p>Usage: {@code PairStatistics OUT.jsonl NEUTRAL-SHARE MAX-EDITS JAR-OR-FOLDER…}
 */
final class PairStatistics {

    private PairStatistics() {}

    public static void main(String[] args) throws IOException {
        PublishedCode code = new PublishedCode();
        for (String path : Arrays.asList(args).subList(3, args.length)) {
            code.read(Path.of(path));
        }
        MutationStrategy strategy =
                new MutationStrategy(
                        new MutationSettings(
                                Double.parseDouble(args[1]),
                                Integer.parseInt(args[2]),
                                240,
                                1_024));
        List<CandidatePair> pairs = new ArrayList<>();
        Map<String, Integer> reasons = new TreeMap<>();
        Map<String, Integer> operators = new TreeMap<>();
        long start = System.nanoTime();
        for (CodeSnippet snippet : code.snippets()) {
            Attempt attempt =
                    strategy.attempt(
                            snippet, ContentId.seed(snippet.getId(), strategy.name(), "0", "1"));
            if (attempt instanceof Candidate candidate) {
                pairs.add(candidate.pair());
                candidate.pair().getEdits().forEach(edit -> count(operators, withoutPlace(edit)));
            } else {
                count(reasons, ((NoCandidate) attempt).reason().code());
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        write(Path.of(args[0]), pairs);
        System.out.printf(
                "%d snippets, %d pairs (%.3f), %.1f s%n",
                code.snippets().size(),
                pairs.size(),
                (double) pairs.size() / code.snippets().size(),
                seconds);
        System.out.println(reasons);
        operators.forEach((operator, count) -> System.out.printf("%8d %s%n", count, operator));
        probe("all", pairs);
        operators.keySet().stream()
                .map(operator -> operator.replaceAll("\\(.*", ""))
                .distinct()
                .forEach(
                        operator ->
                                probe(operator, pairs.stream().filter(onlyBy(operator)).toList()));
    }

    private static Predicate<CandidatePair> onlyBy(String operator) {
        return pair ->
                pair.getEdits().stream()
                        .allMatch(edit -> edit.replaceAll("[(@].*", "").equals(operator));
    }

    private static void probe(String name, List<CandidatePair> pairs) {
        List<CandidatePair> train = new ArrayList<>();
        List<CandidatePair> holdout = new ArrayList<>();
        for (CandidatePair pair : pairs) {
            (ContentId.fraction(pair.getPath()) < 0.2 ? holdout : train).add(pair);
        }
        if (holdout.size() < 20) {
            return;
        }
        StringBuilder line = new StringBuilder();
        line.append(
                String.format(
                        "%-22s holdout %5d length %.3f", name, holdout.size(), length(holdout)));
        for (int n = 1; n <= 4; n++) {
            line.append(
                    String.format(
                            " %d-gram %.3f",
                            n, accuracy(new NgramProbe(n, false), train, holdout)));
        }
        line.append(
                String.format(
                        " abstract-3 %.3f", accuracy(new NgramProbe(3, true), train, holdout)));
        System.out.println(line);
    }

    private static double accuracy(
            NgramProbe probe, List<CandidatePair> train, List<CandidatePair> holdout) {
        probe.train(train, 1);
        return probe.accuracy(holdout);
    }

    private static double length(List<CandidatePair> pairs) {
        double longer = 0;
        for (CandidatePair pair : pairs) {
            int difference =
                    pair.getChosen().getText().length() - pair.getRejected().getText().length();
            longer += difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
        }
        return longer / pairs.size();
    }

    private static String withoutPlace(String edit) {
        return edit.substring(0, edit.indexOf('@'));
    }

    private static void count(Map<String, Integer> counts, String key) {
        counts.merge(key, 1, Integer::sum);
    }

    private static void write(Path file, List<CandidatePair> pairs) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (CandidatePair pair : pairs) {
                out.write(
                        "{\"prompt\":%s,\"chosen\":%s,\"rejected\":%s,\"path\":%s,\"repository\":%s,\"edits\":[%s]}%n"
                                .formatted(
                                        quote(pair.getInstruction()),
                                        quote(pair.getChosen().getText()),
                                        quote(pair.getRejected().getText()),
                                        quote(pair.getPath()),
                                        quote(pair.getRepository()),
                                        String.join(
                                                ",",
                                                pair.getEdits().stream()
                                                        .map(PairStatistics::quote)
                                                        .toList())));
            }
        }
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < 0x20 || Character.isSurrogate(c) || c == 0x7f) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
