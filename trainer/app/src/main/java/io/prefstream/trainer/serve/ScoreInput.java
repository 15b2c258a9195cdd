package io.prefstream.trainer.serve;

import io.prefstream.model.engine.ScoreRequest;
import java.util.List;

/**
 * The body of {@code /v1/score}.
 *
 * @param logLikelihoods whether they are wanted, beside rewards
 */
record ScoreInput(List<ScoreRequest> texts, boolean logLikelihoods) {}
