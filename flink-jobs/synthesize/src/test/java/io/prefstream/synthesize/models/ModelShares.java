package io.prefstream.synthesize.models;

import io.prefstream.execution.BenchSettings;
import io.prefstream.execution.PassRule;
import io.prefstream.execution.TestPool;
import io.prefstream.synthesize.StrategyShare;
import io.prefstream.synthesize.tests.TestSettings;
import io.prefstream.synthesize.tests.TestWriter;
import java.util.List;

/** Shares of strategies that ask models, described by comments. */
public final class ModelShares {
    private static final Describer.Settings FROM_COMMENTS =
            new Describer.Settings(Describer.Source.DOC_COMMENT, List.of(), 240, 1_024);

    private ModelShares() {}

    /** Two answers of one model, told apart by the preference model of its pool. */
    public static StrategyShare selfContrast(double share) {
        return new StrategyShare(
                SelfContrast.NAME,
                share,
                1,
                models -> new PreferenceContrast(4, 0, FROM_COMMENTS, models, models.scorer()));
    }

    /** Two answers of one model, told apart by tests that a model of its pool writes. */
    public static StrategyShare testContrast(double share) {
        return new StrategyShare(
                SelfContrast.NAME,
                share,
                1,
                models ->
                        new TestContrast(
                                2,
                                FROM_COMMENTS,
                                models,
                                new TestWriter(new TestSettings(0, 16, 2, 400), models, 1),
                                TestPool.open(
                                        BenchSettings.DEFAULTS,
                                        "synthesize.execution.isolation",
                                        1),
                                new PassRule(0.8, 0.4)));
    }

    /** A strong model's answers against a weak one's. */
    public static StrategyShare modelGap(double share) {
        return new StrategyShare(
                ModelGap.NAME,
                share,
                1,
                models -> new ModelGap(FROM_COMMENTS, models, models.gap()));
    }
}
