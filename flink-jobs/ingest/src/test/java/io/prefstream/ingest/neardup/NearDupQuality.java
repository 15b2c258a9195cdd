package io.prefstream.ingest.neardup;

import io.prefstream.ingest.testing.RealCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * How well near-duplicates are found: real functions go through the bands first, then a copy of
 * each with a planted edit, and what is said about them is held against the exact Jaccard
 * similarity of the same shingles.
 *
 * <p>Usage: {@code NearDupQuality JAR-OR-FOLDER…}
 */
final class NearDupQuality {

    /** Recall and number of planted copies in a range of exact similarity. */
    record Recall(int planted, int found) {
        double share() {
            return planted == 0 ? 1 : (double) found / planted;
        }
    }

    /** What was measured. */
    record Report(
            int functions,
            int droppedOriginals,
            Map<PlantedEdit, Recall> recallAt80,
            Recall all80,
            Recall from70To80,
            int pairs,
            int pairsBelow50,
            int pairsBelow60,
            int pairsBelow70) {

        double precision() {
            return pairs == 0 ? 1 : 1 - (double) pairsBelow50 / pairs;
        }
    }

    private final NearDupSettings settings;
    private final MinHasher hasher;
    private final Banding banding;
    private final Bucket decisions;
    private final Map<Long, long[]> state = new HashMap<>();
    private long clock;

    NearDupQuality(NearDupSettings settings) {
        this.settings = settings;
        this.hasher = new MinHasher(settings.permutations(), settings.shingle());
        this.banding = settings.banding();
        this.decisions = new Bucket(settings.permutations(), settings.threshold());
    }

    /** What the bands say about a snippet, closest first. */
    List<NearDuplicate> ask(String id, String text) {
        Optional<int[]> minima = hasher.minima(text);
        List<NearDuplicate> found = new ArrayList<>();
        if (minima.isPresent()) {
            long[] seen =
                    SeenSnippet.pack(
                            clock++, id, Signatures.sketch(Signatures.signature(minima.get())));
            for (int band = 0; band < banding.bands(); band++) {
                state.compute(
                        banding.key(minima.get(), band),
                        (key, bucket) -> decisions.meet(bucket, seen, found::add));
            }
        }
        return found;
    }

    /** The exact Jaccard similarity of two texts' shingles. */
    double jaccard(String one, String other) {
        Set<Integer> mine = shingles(one);
        Set<Integer> both = new HashSet<>(mine);
        both.retainAll(shingles(other));
        int union = mine.size() + shingles(other).size() - both.size();
        return union == 0 ? 0 : (double) both.size() / union;
    }

    Report measure(List<String> functions, long seed) {
        Map<String, String> texts = new HashMap<>();
        int[] pairs = new int[4];
        int dropped = 0;
        for (int i = 0; i < functions.size(); i++) {
            String id = id(i, 0);
            texts.put(id, functions.get(i));
            dropped += judge(ask(id, functions.get(i)), texts, pairs).isEmpty() ? 0 : 1;
        }
        SplittableRandom random = new SplittableRandom(seed);
        Map<PlantedEdit, Recall> byEdit = new HashMap<>();
        Recall all = new Recall(0, 0);
        Recall lower = new Recall(0, 0);
        for (int i = 0; i < functions.size(); i++) {
            for (PlantedEdit edit : PlantedEdit.values()) {
                String original = functions.get(i);
                String copy = edit.apply(original, random);
                double exact = jaccard(original, copy);
                String id = id(i, 1 + edit.ordinal());
                String originalId = id(i, 0);
                texts.put(id, copy);
                boolean met =
                        judge(ask(id, copy), texts, pairs).stream()
                                .anyMatch(pair -> pair.earlierId().equals(originalId));
                int found = met ? 1 : 0;
                if (exact >= 0.8) {
                    all = new Recall(all.planted + 1, all.found + found);
                    byEdit.merge(
                            edit,
                            new Recall(1, found),
                            (a, b) -> new Recall(a.planted + b.planted, a.found + b.found));
                } else if (exact >= 0.7) {
                    lower = new Recall(lower.planted + 1, lower.found + found);
                }
            }
        }
        return new Report(
                functions.size(),
                dropped,
                byEdit,
                all,
                lower,
                pairs[0],
                pairs[1],
                pairs[2],
                pairs[3]);
    }

    /** Counts the pair that the rejection would name. */
    private List<NearDuplicate> judge(
            List<NearDuplicate> found, Map<String, String> texts, int[] pairs) {
        found.stream()
                .reduce(NearDuplicate::orCloser)
                .ifPresent(
                        pair -> {
                            double exact =
                                    jaccard(texts.get(pair.id()), texts.get(pair.earlierId()));
                            pairs[0]++;
                            pairs[1] += exact < 0.5 ? 1 : 0;
                            pairs[2] += exact < 0.6 ? 1 : 0;
                            pairs[3] += exact < 0.7 ? 1 : 0;
                        });
        return found;
    }

    private Set<Integer> shingles(String text) {
        Set<Integer> shingles = new HashSet<>();
        Arrays.stream(hasher.shingles(text)).forEach(shingles::add);
        return shingles;
    }

    private static String id(int number, int kind) {
        return "%064x".formatted(number * 16L + kind);
    }

    public static void main(String[] args) throws IOException {
        List<String> functions = RealCode.distinct(Arrays.stream(args).map(Path::of).toList());
        for (int maxBands : new int[] {8, 256}) {
            NearDupSettings settings =
                    new NearDupSettings(true, 256, 5, 0.7, maxBands, java.time.Duration.ofDays(1));
            System.out.println("at most " + maxBands + " bands: " + settings.banding());
            Report report = new NearDupQuality(settings).measure(functions, 1);
            System.out.printf(
                    "functions %,d, dropped among themselves %,d%n",
                    report.functions, report.droppedOriginals);
            for (PlantedEdit edit : PlantedEdit.values()) {
                Recall recall = report.recallAt80.getOrDefault(edit, new Recall(0, 0));
                System.out.printf(
                        "recall at Jaccard >= 0.8, %s: %.4f (%,d of %,d)%n",
                        edit, recall.share(), recall.found, recall.planted);
            }
            System.out.printf(
                    "recall at Jaccard >= 0.8: %.4f (%,d of %,d); from 0.7 to 0.8: %.4f (%,d of"
                            + " %,d)%n",
                    report.all80.share(),
                    report.all80.found,
                    report.all80.planted,
                    report.from70To80.share(),
                    report.from70To80.found,
                    report.from70To80.planted);
            System.out.printf(
                    "pairs dropped %,d, below 0.5: %,d, below 0.6: %,d, below 0.7: %,d; precision"
                            + " at < 0.5: %.4f%n",
                    report.pairs,
                    report.pairsBelow50,
                    report.pairsBelow60,
                    report.pairsBelow70,
                    report.precision());
        }
    }
}
