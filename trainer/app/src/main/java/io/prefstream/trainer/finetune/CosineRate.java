package io.prefstream.trainer.finetune;

/**
 * Warm-up and half a cosine: the rate rises linearly to its peak at step {@code warmupSteps}, as in
 * pre-training, and then falls by {@code (1 + cos π·t) / 2} (arXiv 1608.03983, without restarts)
 * towards 0; its last step is not yet at 0.
 *
 * @param peak rate at the end of the warm-up
 * @param warmupSteps steps of the warm-up; 0 for none
 * @param steps steps in all, warm-up included; at least 1
 */
record CosineRate(double peak, long warmupSteps, long steps) {

    /** A schedule whose warm-up is a share of its steps, rounded up. */
    static CosineRate of(double peak, double warmupShare, long steps) {
        return new CosineRate(peak, (long) Math.ceil(warmupShare * steps), steps);
    }

    /** The rate of a step, counted from 1. */
    double at(long step) {
        if (step <= warmupSteps) {
            return peak * step / warmupSteps;
        }
        double t = (double) (step - 1 - warmupSteps) / (steps - warmupSteps);
        return peak * 0.5 * (1 + Math.cos(Math.PI * t));
    }
}
