package io.prefstream.model.engine;

/**
 * What a model says of a response to a prompt.
 *
 * @param reward NaN for a model without reward head
 * @param logLikelihood of the response's tokens and the end of the text (nats); NaN for a model
 *     without language head
 * @param tokens prompt, response and end
 * @param responseTokens those of the response and the end
 */
public record TextScore(
        float reward, double logLikelihood, int tokens, int responseTokens, String model) {}
