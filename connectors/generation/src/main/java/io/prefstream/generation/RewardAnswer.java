package io.prefstream.generation;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a preference model says of responses.
 *
 * @param rewards in the order of the responses, finite
 * @param model whose weights gave all of them
 * @param marginScale what its margins are to be multiplied with to be log-odds; empty where the
 *     model doesn't say
 */
public record RewardAnswer(List<Float> rewards, String model, OptionalDouble marginScale) {

    public RewardAnswer {
        rewards = List.copyOf(rewards);
    }
}
