package io.prefstream.model;

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
}
