package io.prefstream.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Models small enough to check by hand, with weights large enough to matter. */
public final class TinyModels {
    public static final int CONTEXT = 40;

    private TinyModels() {}

    public static ModelConfig config(boolean tied) {
        return ModelConfig.qwen2(30, 16, 24, 2, 4, 2, CONTEXT, tied, TokenIds.of(0, 0, 1), 0.3);
    }

    public static EncodedText text(Random random, int length) {
        return new EncodedText(
                random.ints(length, 2, 30).toArray(), Math.max(1, length / 3), CONTEXT);
    }

    public static EncodedPair pair(Random random, int length) {
        return new EncodedPair(text(random, length), text(random, length - random.nextInt(3)));
    }

    /** The chosen one holds its two marks in order, the rejected one the other way round. */
    public static List<EncodedPair> separable(int count, Random random) {
        List<EncodedPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] chosen = random.ints(10, 5, 30).toArray();
            int at = 2 + random.nextInt(6);
            chosen[at] = 3;
            chosen[at + 1] = 4;
            int[] rejected = chosen.clone();
            rejected[at] = 4;
            rejected[at + 1] = 3;
            pairs.add(
                    new EncodedPair(
                            new EncodedText(chosen, 2, CONTEXT),
                            new EncodedText(rejected, 2, CONTEXT)));
        }
        return pairs;
    }
}
