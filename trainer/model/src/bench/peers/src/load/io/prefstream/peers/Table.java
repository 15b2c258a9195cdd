package io.prefstream.peers;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Prints what the engines left in the results folder as one Markdown table: the median of each
 * engine's repetitions, what ours is a multiple of it, what the memory's floor would allow, and how
 * far the greedy texts are ours.
 */
public final class Table {
    private static final String OURS = "prefstream";

    private Table() {}

    public static void main(String[] args) throws IOException {
        Path results = Path.of(args[0]);
        Properties facts = new Properties();
        try (Reader in = Files.newBufferedReader(results.resolve("facts.properties"))) {
            facts.load(in);
        }
        double bytes = Double.parseDouble(facts.getProperty("weight-bytes"));
        double bandwidth = Double.parseDouble(facts.getProperty("read-bytes-per-second"));
        double floor = bytes / bandwidth;
        System.out.printf(
                Locale.ROOT,
                "%s%n%nFloor: %.1f MB of 16-bit weights, read once a step at the %.1f GB/s measured"
                        + " before: %.2f ms a step.%n%n",
                facts.getProperty("load"),
                bytes / 1e6,
                bandwidth / 1e9,
                1e3 * floor);
        System.out.println(
                "| at once | engine | tokens/s | repetitions | ours is × | the floor allows,"
                    + " tokens/s | share of it | texts equal to ours | tokens up to the first"
                    + " difference |");
        System.out.println("|--:|---|--:|--:|--:|--:|--:|--:|--:|");
        read(results)
                .forEach(
                        (at, engines) -> {
                            double ours = median(engines.getOrDefault(OURS, List.of()));
                            engines.forEach(
                                    (name, rates) ->
                                            print(
                                                    results,
                                                    at,
                                                    name,
                                                    rates,
                                                    ours / median(rates),
                                                    at / floor));
                        });
    }

    private static Map<Integer, Map<String, List<Double>>> read(Path results) throws IOException {
        Map<Integer, Map<String, List<Double>>> rates = new TreeMap<>();
        for (String line : Files.readAllLines(results.resolve("times.tsv"))) {
            String[] fields = line.split("\t");
            rates.computeIfAbsent(Integer.valueOf(fields[1]), at -> new LinkedHashMap<>())
                    .computeIfAbsent(fields[0], name -> new ArrayList<>())
                    .add(Long.parseLong(fields[2]) / Double.parseDouble(fields[3]));
        }
        return rates;
    }

    private static void print(
            Path results, int at, String name, List<Double> rates, double ratio, double bound) {
        double rate = median(rates);
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %.1f | %d | %.2f | %.0f | %.0f %% | %s |%n",
                at,
                name,
                rate,
                rates.size(),
                ratio,
                bound,
                100 * rate / bound,
                agreement(results, at, name));
    }

    private static String agreement(Path results, int at, String name) {
        try {
            Path own = results.resolve(OURS + "." + at + ".texts");
            if (!Files.exists(own)) {
                return "| ";
            }
            List<String> ours = Files.readAllLines(own);
            List<String> theirs = Files.readAllLines(results.resolve(name + "." + at + ".texts"));
            int equal = 0;
            int same = 0;
            int all = 0;
            for (int i = 0; i < ours.size(); i++) {
                String[] a = ours.get(i).split(" ");
                String[] b = theirs.get(i).split(" ");
                int first = Arrays.mismatch(a, b);
                equal += first < 0 ? 1 : 0;
                same += first < 0 ? a.length : first;
                all += a.length;
            }
            return "%d of %d | %d of %d".formatted(equal, ours.size(), same, all);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
