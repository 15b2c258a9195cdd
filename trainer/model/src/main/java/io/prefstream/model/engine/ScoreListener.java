package io.prefstream.model.engine;

/** Takes the scores of one text, on the thread of a lane. */
interface ScoreListener {

    /**
     * @param logLikelihood sum over the tokens asked for (nats)
     * @param reward NaN when it was not asked for
     */
    void scored(double logLikelihood, float reward, String model);

    void failed(Throwable why);
}
