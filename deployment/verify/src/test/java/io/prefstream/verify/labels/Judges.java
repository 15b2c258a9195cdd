package io.prefstream.verify.labels;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.ContentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Has candidates judged on several threads, as far as the time suffices. What is judged is written
 * to a file as it comes, and isn't judged again by whoever goes on with it.
 */
final class Judges {

    /** Opens what judges the candidates of a repository on one thread. */
    interface Bench {
        Judge open() throws IOException;
    }

    private final Map<String, Bench> benches;
    private final Path file;
    private final Duration time;
    private final int threads;

    /**
     * @param benches by repository
     * @param file of rulings, a candidate's id and its ruling on each line
     * @param time for the candidates of one strategy
     */
    Judges(Map<String, Bench> benches, Path file, Duration time, int threads) {
        this.benches = benches;
        this.file = file;
        this.time = time;
        this.threads = threads;
    }

    /**
     * Rulings by the candidates' ids, in an order that has nothing to do with what they are: of
     * commits by a hash of theirs, of versions by the candidates' ids.
     *
     * @param functions published functions by the ids of their snippets
     */
    Map<String, Ruling> rulings(List<CandidatePair> candidates, Map<String, String> functions)
            throws Exception {
        Map<String, Ruling> rulings = new ConcurrentHashMap<>();
        Map<String, Ruling> known = known();
        for (CandidatePair candidate : candidates) {
            Ruling ruling = known.get(candidate.getId());
            if (ruling != null) {
                rulings.put(candidate.getId(), ruling);
            }
        }
        long deadline = System.nanoTime() + time.toNanos();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> parts = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int part = i;
            List<CandidatePair> mine =
                    candidates.stream()
                            .filter(pair -> !rulings.containsKey(pair.getId()))
                            .filter(
                                    pair ->
                                            Math.floorMod(context(pair).hashCode(), threads)
                                                    == part)
                            .sorted(Comparator.comparing(Judges::order))
                            .toList();
            parts.add(
                    pool.submit(
                            () -> {
                                judge(mine, functions, deadline, rulings);
                                return null;
                            }));
        }
        for (Future<?> part : parts) {
            part.get();
        }
        pool.shutdown();
        return rulings;
    }

    /** What one thread should have for itself: of commits the tree, of versions the file. */
    private static String context(CandidatePair pair) {
        return pair.getStrategy().equals("commit") ? pair.getRevision() : pair.getPath();
    }

    private static String order(CandidatePair pair) {
        return pair.getStrategy().equals("commit")
                ? ContentId.of("order", pair.getRevision())
                : pair.getId();
    }

    private void judge(
            List<CandidatePair> pairs,
            Map<String, String> functions,
            long deadline,
            Map<String, Ruling> rulings)
            throws Exception {
        Map<String, Judge> judges = new HashMap<>();
        for (CandidatePair pair : pairs) {
            if (System.nanoTime() > deadline) {
                break;
            }
            Judge judge = judges.get(pair.getRepository());
            if (judge == null) {
                judge = benches.get(pair.getRepository()).open();
                judges.put(pair.getRepository(), judge);
            }
            String function = functions.get(pair.getSnippetId());
            Ruling ruling = judge.rule(pair, function);
            rulings.put(pair.getId(), ruling);
            write(pair.getId(), ruling);
            System.out.printf(
                    "%s %s of %s@%s, %s%n",
                    pair.getStrategy(),
                    pair.getInstruction().lines().reduce((first, second) -> second).orElse(""),
                    pair.getPath(),
                    pair.getRevision(),
                    ruling);
        }
        judges.values().forEach(Judge::close);
    }

    private Map<String, Ruling> known() throws IOException {
        Map<String, Ruling> known = new HashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ", -1);
                known.put(parts[0], Ruling.valueOf(parts[1]));
            }
        }
        return known;
    }

    private synchronized void write(String id, Ruling ruling) throws IOException {
        Files.writeString(
                file,
                id + " " + ruling + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
