package io.prefstream.trainer.pretrain;

import io.prefstream.model.ModelConfig;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The model card of a model that was trained on source code alone. */
final class PretrainCard {
    private PretrainCard() {}

    static String text(
            PretrainOptions options,
            ModelConfig config,
            Corpus training,
            Corpus heldOut,
            List<String> curve) {
        String[] last = curve.get(curve.size() - 1).split(",");
        return String.format(
                Locale.ROOT,
                """
                ---
                language: code
                tags: [prefstream, demonstration]
                ---
                # A demonstration model

                %,d parameters (%d layers, hidden %d), context %d. It writes text that looks like \
                Java. It is
                here so that a generator can be tried on any machine; it is no product and its \
                answers are rarely
                right.

                - Trained from scratch on %,d tokens of %,d Java files, %d steps of %d windows of \
                %d tokens
                  (%.1f passes), seed %d, learning rate %s, matrix products in %s.
                - Held out, by artifact: %,d tokens of %,d files.
                - Perplexity of held-out tokens after step %s: **%s** (of the tokenizer's tokens, \
                not of words).

                | step | training loss | held-out loss | held-out perplexity |
                |---|---|---|---|
                %s
                """,
                config.parameterCount(),
                config.layers(),
                config.hiddenSize(),
                config.maxPositionEmbeddings(),
                training.tokens(),
                training.files(),
                options.steps(),
                options.batch(),
                options.context(),
                (double) options.steps() * options.batch() / training.windows(),
                options.seed(),
                options.peak(),
                options.precision(),
                heldOut.tokens(),
                heldOut.files(),
                last[0],
                last[3],
                curve.stream()
                        .skip(1)
                        .filter(line -> every(curve.size(), curve.indexOf(line)))
                        .map(line -> "| " + line.replace(",", " | ") + " |")
                        .collect(Collectors.joining("\n")));
    }

    /** About twenty lines of a long curve, the last among them. */
    private static boolean every(int lines, int index) {
        int step = Math.max(1, (lines - 1) / 20);
        return (lines - 1 - index) % step == 0;
    }
}
