package io.prefstream.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * The work that every engine is given: at each concurrency as many requests as run at once, each of
 * {@code prompt} random tokens and {@code fresh} new ones. Prompts depend on concurrency and
 * repetition only, so all engines see the same ones, and none sees one twice.
 *
 * <p>A repetition's time runs from the first request's submission to the last one's end, prompts
 * included. Before it, short requests run for {@code warm} seconds. After {@code budget} seconds at
 * a concurrency no further repetition begins.
 *
 * @param results folder: lines of name, concurrency, tokens and seconds in {@code times.tsv}, the
 *     first repetition's texts in {@code NAME.CONCURRENCY.texts}
 */
public record Load(
        int vocabulary,
        int prompt,
        int fresh,
        int threads,
        List<Integer> concurrency,
        int repeat,
        int warm,
        int budget,
        Path results) {

    /** Reads {@code key=value} arguments. */
    public static Load of(String[] args, Path results) {
        return new Load(
                number(args, "vocabulary", 0),
                number(args, "prompt", 64),
                number(args, "new", 64),
                number(args, "threads", 2),
                Arrays.stream(text(args, "concurrency", "1,8,32").split(","))
                        .map(Integer::valueOf)
                        .toList(),
                number(args, "repeat", 3),
                number(args, "warm", 5),
                number(args, "budget", 60),
                results);
    }

    public static String text(String[] args, String key, String otherwise) {
        String found = otherwise;
        for (String arg : args) {
            if (arg.startsWith(key + "=")) {
                found = arg.substring(key.length() + 1);
            }
        }
        return found;
    }

    public static int number(String[] args, String key, int otherwise) {
        return Integer.parseInt(text(args, key, Integer.toString(otherwise)));
    }

    /** Tokens that a sequence has at most. */
    public int longest() {
        return prompt + fresh;
    }

    public void measure(String name, Peer peer) throws Exception {
        for (int at : concurrency) {
            peer.open(at);
            ExecutorService callers = Executors.newFixedThreadPool(at);
            try {
                warmUp(callers, peer, at);
                measure(name, callers, peer, at);
            } finally {
                callers.shutdown();
                peer.close();
            }
        }
    }

    private void warmUp(ExecutorService callers, Peer peer, int at) throws Exception {
        Random random = new Random(-at);
        long end = System.nanoTime() + warm * 1_000_000_000L;
        do {
            run(callers, peer, prompts(random, Math.min(at, 4)), Math.min(8, fresh));
        } while (System.nanoTime() - end < 0);
    }

    private void measure(String name, ExecutorService callers, Peer peer, int at) throws Exception {
        Random random = new Random(at);
        long end = System.nanoTime() + budget * 1_000_000_000L;
        for (int i = 0; i < repeat && (i == 0 || System.nanoTime() - end < 0); i++) {
            List<int[]> prompts = prompts(random, at);
            long start = System.nanoTime();
            List<int[]> texts = run(callers, peer, prompts, fresh);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (i == 0) {
                Files.write(
                        results.resolve(name + "." + at + ".texts"),
                        texts.stream().map(Load::line).toList());
            }
            append("%s\t%d\t%d\t%.6f%n".formatted(name, at, at * fresh, seconds));
            System.err.printf(
                    Locale.ROOT, "%s, %d at once: %.1f tokens/s%n", name, at, at * fresh / seconds);
        }
    }

    private static List<int[]> run(
            ExecutorService callers, Peer peer, List<int[]> prompts, int fresh) throws Exception {
        List<Callable<int[]>> calls = new ArrayList<>();
        for (int[] prompt : prompts) {
            calls.add(() -> peer.generate(prompt, fresh));
        }
        List<int[]> texts = new ArrayList<>();
        for (Future<int[]> text : callers.invokeAll(calls)) {
            int[] tokens = text.get();
            if (tokens.length != fresh) {
                throw new IllegalStateException(
                        "%d tokens came where %d were asked for".formatted(tokens.length, fresh));
            }
            texts.add(tokens);
        }
        return texts;
    }

    /** The first two tokens of a vocabulary are left out: they end and pad texts. */
    private List<int[]> prompts(Random random, int count) {
        List<int[]> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            prompts.add(random.ints(prompt, 2, vocabulary).toArray());
        }
        return prompts;
    }

    private static String line(int[] tokens) {
        return Arrays.stream(tokens).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    private void append(String line) throws Exception {
        Files.writeString(
                results.resolve("times.tsv"),
                line,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
