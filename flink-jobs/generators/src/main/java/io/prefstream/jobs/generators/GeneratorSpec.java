package io.prefstream.jobs.generators;

import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

/**
 * A generator as a job knows it.
 *
 * @param name in metrics and logs
 * @param factory of the model or its client, called once in a process
 * @param roles that it plays, by weight: of several with one role, each is asked that often
 * @param style in which it is asked
 * @param maxTokens of an answer; a longer one is cut and makes no pair
 * @param timeout of a try
 */
public record GeneratorSpec(
        String name,
        GeneratorFactory factory,
        Map<Role, Double> roles,
        PromptStyle style,
        Sampling sampling,
        int maxTokens,
        Duration timeout,
        ReliableSettings reliable)
        implements Serializable {

    public GeneratorSpec {
        roles = Map.copyOf(roles);
        roles.forEach(
                (role, weight) -> {
                    if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
                        throw new IllegalArgumentException(
                                "generator %s: the weight %s of role %s must be more than 0"
                                        .formatted(name, weight, role));
                    }
                });
        if (maxTokens < 1) {
            throw new IllegalArgumentException(
                    "generator %s: max-answer=%d must be at least 1".formatted(name, maxTokens));
        }
    }
}
