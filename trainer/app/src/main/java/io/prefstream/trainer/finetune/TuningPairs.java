package io.prefstream.trainer.finetune;

import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.trainer.FilePair;
import io.prefstream.trainer.Learner;
import io.prefstream.trainer.pairs.Comparison;
import io.prefstream.trainer.pairs.ComparisonFile;
import io.prefstream.trainer.pairs.PromptTexts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pairs of a tuning: those to train on and those that only judge.
 *
 * <p>Where there is no file of its own for the test, a row's {@code split} decides, or else the
 * prompt's hash, so that no prompt is on both sides. A pair that exceeds the context is not cut,
 * which could make both sides equal: it is left out and counted.
 *
 * <p>Where there is one, rows whose {@code split} holds them out are no pairs to train on either:
 * they are left out and counted.
 *
 * @param test by row, whose pairs share a prompt and an answer
 * @param overlong pairs left out because they exceed the context
 * @param heldOut pairs left out because their row holds them out, beside a test of its own
 */
record TuningPairs(
        List<PreferencePair> train, List<List<PreferencePair>> test, int overlong, int heldOut) {

    /** Whose pairs they are, and how they are read. */
    record Source(
            ComparisonFile reader, Path pairs, @Nullable Path test, double holdout, Path model) {}

    /** How many pairs only judge. */
    int testPairs() {
        return test.stream().mapToInt(List::size).sum();
    }

    /**
     * Reads and sorts.
     *
     * @param learner says which pairs exceed the context
     * @throws IllegalArgumentException if a row is wrong, or no pair is left on a side
     */
    static TuningPairs read(Source source, Learner learner) throws IOException {
        PromptTexts prompts = PromptTexts.of(source.model());
        Sorted sorted = new Sorted(learner);
        Path test = source.test();
        int heldOut = 0;
        for (Comparison pair : comparisons(source.reader(), source.pairs())) {
            String prompt = prompts.of(pair);
            Boolean split = pair.heldOut();
            if (test == null) {
                sorted.add(
                        pair,
                        prompt,
                        split == null
                                ? ContentId.fraction("holdout", prompt) < source.holdout()
                                : split);
            } else if (Boolean.TRUE.equals(split)) {
                heldOut += pair.rejected().size();
            } else {
                sorted.add(pair, prompt, false);
            }
        }
        if (sorted.train.isEmpty() && sorted.refused.isEmpty() && heldOut > 0) {
            throw new IllegalArgumentException(
                    "%s: there is no pair to train on: the split of all %,d holds them out (--test)"
                            .formatted(source.pairs(), heldOut));
        }
        requireSome(source.pairs(), "to train on", sorted.train, sorted.refused);
        if (test != null) {
            for (Comparison pair : comparisons(source.reader(), test)) {
                sorted.add(pair, prompts.of(pair), true);
            }
        }
        requireSome(
                test == null ? source.pairs() : test, "to judge by", sorted.test, sorted.refused);
        return new TuningPairs(sorted.train, sorted.test, sorted.refused.size(), heldOut);
    }

    /**
     * Those of them that fit another model too.
     *
     * @throws IllegalArgumentException if no pair is left on a side
     */
    TuningPairs thatFit(Source source, Learner learner) {
        List<String> refused = new ArrayList<>();
        List<PreferencePair> stillTrain = fitting(train, learner, refused);
        List<List<PreferencePair>> stillTest =
                test.stream()
                        .map(row -> fitting(row, learner, refused))
                        .filter(row -> !row.isEmpty())
                        .toList();
        Path judges = source.test();
        requireSome(source.pairs(), "to train on", stillTrain, refused);
        requireSome(judges == null ? source.pairs() : judges, "to judge by", stillTest, refused);
        return new TuningPairs(stillTrain, stillTest, overlong + refused.size(), heldOut);
    }

    private static List<PreferencePair> fitting(
            List<PreferencePair> pairs, Learner learner, List<String> refused) {
        List<PreferencePair> fitting = new ArrayList<>();
        for (PreferencePair pair : pairs) {
            learner.refusal(pair)
                    .ifPresentOrElse(
                            why -> refused.add("%s: %s".formatted(pair.getId(), why)),
                            () -> fitting.add(pair));
        }
        return fitting;
    }

    private static List<Comparison> comparisons(ComparisonFile reader, Path file)
            throws IOException {
        ComparisonFile.Content content = reader.read(file);
        if (!content.format().trains()) {
            throw new IllegalArgumentException(
                    "%s: expected pairs, found rows of the benchmark %s"
                            .formatted(file, content.format()));
        }
        return content.comparisons();
    }

    private static void requireSome(Path file, String what, List<?> some, List<String> refused) {
        if (some.isEmpty()) {
            throw new IllegalArgumentException(
                    refused.isEmpty()
                            ? "%s: there is no pair %s; see --test and --holdout"
                                    .formatted(file, what)
                            : "%s: no pair is left %s: %,d exceed the context (--context), and pairs are never cut; the first is %s"
                                    .formatted(file, what, refused.size(), refused.get(0)));
        }
    }

    /** Both sides as they grow. */
    private static final class Sorted {
        private final Learner learner;
        private final List<PreferencePair> train = new ArrayList<>();
        private final List<List<PreferencePair>> test = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();

        Sorted(Learner learner) {
            this.learner = learner;
        }

        void add(Comparison read, String prompt, boolean heldOut) {
            int others = read.rejected().size();
            List<PreferencePair> row = new ArrayList<>();
            for (int i = 0; i < others; i++) {
                String key =
                        others == 1 ? read.key() : "%s, option %d".formatted(read.key(), i + 1);
                row.add(FilePair.plain(key, prompt, read.chosen().get(0), read.rejected().get(i)));
            }
            List<PreferencePair> fitting = fitting(row, learner, refused);
            if (!heldOut) {
                train.addAll(fitting);
            } else if (!fitting.isEmpty()) {
                test.add(fitting);
            }
        }
    }
}
