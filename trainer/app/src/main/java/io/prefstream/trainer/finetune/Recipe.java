package io.prefstream.trainer.finetune;

import java.util.Locale;

/**
 * CodePMP's settings of reward-model tuning by task (arXiv 2410.02229, section 4; the shares of
 * warm-up, batch and decay are those of its published scripts). They are for models of 1.5 and 7
 * billion parameters: smaller ones need higher rates.
 */
enum Recipe {
    MATH_SHEPHERD(3e-7, 0.03),
    RECLOR(3e-6, 0.25),
    LOGIQA2(3e-6, 0.25);

    private final double learningRate;
    private final double warmup;

    Recipe(double learningRate, double warmup) {
        this.learningRate = learningRate;
        this.warmup = warmup;
    }

    double learningRate() {
        return learningRate;
    }

    double warmup() {
        return warmup;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
