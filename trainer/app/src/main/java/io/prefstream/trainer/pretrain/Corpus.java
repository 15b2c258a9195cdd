package io.prefstream.trainer.pretrain;

import io.prefstream.model.tokenizer.CodeTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Files as one stream of tokens, each closed by end-of-sequence, cut into windows of equal length.
 * Each pass shifts the cuts and shuffles the windows anew, by seed and pass alone: a step's windows
 * can be had without the steps before it.
 */
final class Corpus {
    private int[] tokens = new int[1 << 20];
    private int size;
    private int files;
    private final List<String> artifacts = new ArrayList<>();
    private final int window;
    private final long seed;
    private int shuffledPass = -1;
    private int[] order = {};

    /**
     * @param window tokens of a window, one more than the model reads
     */
    Corpus(int window, long seed) {
        this.window = window;
        this.seed = seed;
    }

    /** Appends an artifact's files. */
    void add(Path artifact, SourceTexts texts, CodeTokenizer tokenizer, int endOfSequence)
            throws IOException {
        artifacts.add(String.valueOf(artifact.getFileName()));
        texts.read(
                artifact,
                text -> {
                    int[] ids = tokenizer.encode(text);
                    if (size + ids.length + 1 > tokens.length) {
                        tokens = Arrays.copyOf(tokens, Math.max(2 * size, size + ids.length + 1));
                    }
                    System.arraycopy(ids, 0, tokens, size, ids.length);
                    size += ids.length;
                    tokens[size++] = endOfSequence;
                    files++;
                });
    }

    int tokens() {
        return size;
    }

    int files() {
        return files;
    }

    /** Names of the archives and folders that the files are from. */
    List<String> artifacts() {
        return artifacts;
    }

    /** Windows of one pass. */
    int windows() {
        return Math.max(0, size / window - 1);
    }

    /** The windows of a step, counted from 0, of {@code count} windows each. */
    List<int[]> batch(long step, int count) {
        List<int[]> batch = new ArrayList<>(count);
        for (long i = step * count; i < (step + 1) * count; i++) {
            int pass = Math.toIntExact(i / windows());
            if (pass != shuffledPass) {
                shuffle(pass);
            }
            batch.add(window(shift(pass) + order[(int) (i % windows())] * window));
        }
        return batch;
    }

    /** {@code count} windows at even distances, or all where there are fewer; without shift. */
    List<int[]> spread(int count) {
        int chosen = Math.min(count, windows());
        List<int[]> spread = new ArrayList<>(chosen);
        for (long i = 0; i < chosen; i++) {
            spread.add(window((int) (i * windows() / chosen) * window));
        }
        return spread;
    }

    private int[] window(int start) {
        return Arrays.copyOfRange(tokens, start, start + window);
    }

    private int shift(int pass) {
        return new Random(seed + pass).nextInt(window);
    }

    private void shuffle(int pass) {
        order = new int[windows()];
        Random random = new Random(~seed + pass);
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        shuffledPass = pass;
    }
}
