package io.prefstream.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What happens to a batch whose loss or gradient is no number: the learner left its weights as they
 * were, the batch is skipped, and after some in a row training stops and names their pairs.
 */
final class SkippedBatches {

    private static final int KEYS_NAMED = 20;

    private final int mostInARow;
    private final String source;
    private final List<List<String>> inARow = new ArrayList<>();

    /**
     * @param source where the pairs come from, for people
     */
    SkippedBatches(int mostInARow, String source) {
        this.mostInARow = mostInARow;
        this.source = source;
    }

    /**
     * Takes note of a step.
     *
     * @return whether it was a step: false for a skipped batch
     * @throws TrainingException if it is the last in a row that may be skipped
     */
    boolean stepped(TrainedBatch batch, long step) {
        Learner.StepResult result = batch.result();
        if (result.applied()) {
            inARow.clear();
            return true;
        }
        inARow.add(batch.keys());
        if (inARow.size() >= mostInARow) {
            throw new TrainingException(
                    "loss %s and gradient norm %s behind step %,d, expected numbers: %d batches in a row were skipped (optimizer.max-skips-in-a-row=%d). Either training has diverged (lower optimizer.learning-rate=… and go on from the last trunk) or these pairs of %s are bad: %s"
                            .formatted(
                                    result.loss(),
                                    result.gradNorm(),
                                    step,
                                    inARow.size(),
                                    mostInARow,
                                    source,
                                    keys()));
        }
        return false;
    }

    /** The keys of the batches, those first that were in most of them. */
    private String keys() {
        List<String> keys =
                inARow.stream()
                        .flatMap(List::stream)
                        .collect(Collectors.groupingBy(key -> key, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .sorted(
                                java.util.Map.Entry.<String, Long>comparingByValue()
                                        .reversed()
                                        .thenComparing(java.util.Map.Entry.comparingByKey()))
                        .map(
                                key ->
                                        key.getValue() == 1
                                                ? key.getKey()
                                                : key.getKey() + " (in " + key.getValue() + ")")
                        .toList();
        String named = String.join(", ", keys.subList(0, Math.min(KEYS_NAMED, keys.size())));
        return keys.size() <= KEYS_NAMED
                ? named
                : named + " and %,d more".formatted(keys.size() - KEYS_NAMED);
    }
}
