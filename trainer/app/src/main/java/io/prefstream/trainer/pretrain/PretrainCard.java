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
            double perplexity,
            List<String> curve) {
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

                Trained from scratch on %,d tokens of %,d Java files (%.2f passes over them; \
                comments at the head of
                a file, generated files and copies left out). Matrix products in %s.

                    %s

                Perplexity of all held-out tokens (the tokenizer's, not words) after step %d: \
                **%.3f**. Held out
                are whole artifacts: %,d tokens of %,d files. The curve is of windows spread over \
                them.

                | step | training loss | held-out loss | held-out perplexity |
                |---|---|---|---|
                %s

                ## Data

                Source archives trained on: %s.

                Held out: %s.
                """,
                config.parameterCount(),
                config.layers(),
                config.hiddenSize(),
                config.maxPositionEmbeddings(),
                training.tokens(),
                training.files(),
                (double) options.steps() * options.batch() / training.windows(),
                options.precision(),
                options.command().replace("\n", "\n    "),
                options.steps(),
                perplexity,
                heldOut.tokens(),
                heldOut.files(),
                curve.stream()
                        .skip(1)
                        .filter(line -> every(curve.size(), curve.indexOf(line)))
                        .map(line -> "| " + line.replace(",", " | ") + " |")
                        .collect(Collectors.joining("\n")),
                String.join(", ", training.artifacts()),
                String.join(", ", heldOut.artifacts()));
    }

    /** About twenty lines of a long curve, the last among them. */
    private static boolean every(int lines, int index) {
        int step = Math.max(1, (lines - 1) / 20);
        return (lines - 1 - index) % step == 0;
    }
}
