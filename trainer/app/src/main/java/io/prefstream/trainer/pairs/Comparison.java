package io.prefstream.trainer.pairs;

import io.prefstream.generation.Prompt;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers to one prompt of which some are better than the others; a pair has one of each.
 *
 * @param key what messages call it: the row's id, or its number
 * @param group what results are told apart by
 * @param heldOut whether the row says that it is for training (false) or for tests (true), null
 *     where it says nothing
 * @param chosen the better ones, at least one
 * @param rejected the others, at least one
 */
public record Comparison(
        String key,
        String group,
        @Nullable Boolean heldOut,
        Prompt prompt,
        List<String> chosen,
        List<String> rejected) {

    public Comparison {
        chosen = List.copyOf(chosen);
        rejected = List.copyOf(rejected);
    }

    /** All answers, the chosen ones first. */
    public List<String> answers() {
        return Stream.concat(chosen.stream(), rejected.stream()).toList();
    }
}
