package io.prefstream.synthesize.models;

import io.prefstream.synthesize.StrategyShare;
import java.util.List;

/** Shares of strategies that ask models, described by comments. */
public final class ModelShares {
    private static final Describer.Settings FROM_COMMENTS =
            new Describer.Settings(Describer.Source.DOC_COMMENT, List.of(), 240, 1_024);

    private ModelShares() {}

    /** Two answers of one model, told apart by the preference model of its pool. */
    public static StrategyShare selfContrast(double share) {
        SelfContrast.Settings settings = new SelfContrast.Settings(4, 0);
        return new StrategyShare(
                SelfContrast.NAME,
                share,
                1,
                models -> new SelfContrast(settings, FROM_COMMENTS, models, models.scorer()));
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
