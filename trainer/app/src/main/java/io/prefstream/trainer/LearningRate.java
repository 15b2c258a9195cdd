package io.prefstream.trainer;

/**
 * Warm-up, stable, and the decay of a fork: WSD (Hu et al. 2024, MiniCPM, section 4.2).
 *
 * <p>The trunk warms up linearly over {@code warmupSteps} and stays at the peak for ever. A fork
 * falls from the trunk's rate to 0 over its own steps; its last step is not yet at 0.
 *
 * @param peak rate of the stable phase
 * @param warmupSteps steps of the warm-up; 0 for none
 * @param shape how a fork falls
 */
public record LearningRate(double peak, long warmupSteps, ScheduleConfig.DecayShape shape) {

    /** The rate of the trunk's step, counted from 1. */
    public double trunk(long step) {
        return warmupSteps == 0 ? peak : peak * Math.min(1.0, (double) step / warmupSteps);
    }

    /** The rate of a fork's step {@code 1 … steps}, on a trunk of {@code trunkStep} steps. */
    public double fork(long trunkStep, long step, long steps) {
        double done = (double) step / (steps + 1);
        double left =
                switch (shape) {
                    case LINEAR -> 1 - done;
                    case ONE_MINUS_SQRT -> 1 - Math.sqrt(done);
                };
        return trunk(Math.max(1, trunkStep)) * left;
    }

    /** Steps of a fork of a trunk: a share of the trunk's, {@code most} at most. */
    public static long forkSteps(long trunkStep, double fraction, long most) {
        return Math.min(most, Math.round(trunkStep * fraction));
    }
}
