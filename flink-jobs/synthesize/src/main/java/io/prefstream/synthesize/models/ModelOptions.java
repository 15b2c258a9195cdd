package io.prefstream.synthesize.models;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.Role;
import io.prefstream.synthesize.StrategyFactory;
import io.prefstream.synthesize.StrategyShare;
import io.prefstream.synthesize.SynthesizeOptions;
import io.prefstream.synthesize.SynthesizePipeline;
import io.prefstream.synthesize.kinds.KindOptions;
import io.prefstream.synthesize.kinds.KindSettings;
import io.prefstream.synthesize.models.Describer.Criterion;
import io.prefstream.synthesize.tests.TestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options of pairs that models write, and the shares of strategies that they become. */
public final class ModelOptions {

    public static final ConfigOption<Double> MODEL_GAP_SHARE =
            share(ModelGap.NAME, "a strong and a weak model are asked to write");

    public static final ConfigOption<Double> SOURCE_VS_MODEL_SHARE =
            share(SourceVsModel.NAME, "a weak model is asked to write, against the published one");

    public static final ConfigOption<Double> CRITIC_SHARE =
            share(Critic.NAME, "a weak model is asked to write and a critic to make better");

    public static final ConfigOption<Double> SELF_CONTRAST_SHARE =
            share(SelfContrast.NAME, "a model writes several times, best against worst");

    public static final ConfigOption<Describer.Source> DESCRIBE =
            ConfigOptions.key("synthesize.describe.source")
                    .enumType(Describer.Source.class)
                    .defaultValue(Describer.Source.DOC_COMMENT)
                    .withDescription(
                            "Who says what a model is to write: DOC_COMMENT, MODEL (a generator"
                                    + " with the role describer), or DOC_COMMENT_OR_MODEL, a model"
                                    + " only where the comment says nothing useful.");

    public static final ConfigOption<List<Criterion>> CRITERIA =
            ConfigOptions.key("synthesize.describe.criteria")
                    .enumType(Criterion.class)
                    .asList()
                    .defaultValues()
                    .withDescription(
                            "Of these one is asked for in each instruction to models: CORRECTNESS,"
                                    + " EFFICIENCY, READABILITY, SECURITY.");

    private ModelOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                MODEL_GAP_SHARE,
                SOURCE_VS_MODEL_SHARE,
                CRITIC_SHARE,
                SELF_CONTRAST_SHARE,
                DESCRIBE,
                CRITERIA);
    }

    /**
     * The shares of the strategies that ask models, without those that have none.
     *
     * @param generators of {@link #models}
     * @throws UsageException if an option is out of its range, or a role has nobody to play it
     */
    public static List<StrategyShare> shares(
            Configuration config, GeneratorPool.Factory generators) {
        Describer.Settings instructions =
                new Describer.Settings(
                        config.get(DESCRIBE),
                        config.get(CRITERIA),
                        JobOptions.atLeast(config, SynthesizeOptions.MAX_DOC_CHARS, 0),
                        JobOptions.atLeast(config, SynthesizeOptions.MAX_INSTRUCTION_CHARS, 1));
        List<StrategyShare> shares = new ArrayList<>();
        add(
                shares,
                config,
                generators,
                MODEL_GAP_SHARE,
                ModelGap.NAME,
                models -> new ModelGap(instructions, models, models.gap()),
                Role.STRONG,
                Role.WEAK);
        add(
                shares,
                config,
                generators,
                SOURCE_VS_MODEL_SHARE,
                SourceVsModel.NAME,
                models -> new SourceVsModel(instructions, models),
                Role.WEAK);
        add(
                shares,
                config,
                generators,
                CRITIC_SHARE,
                Critic.NAME,
                models -> new Critic(instructions, models),
                Role.WEAK,
                Role.CRITIC);
        if (JobOptions.fraction(config, SELF_CONTRAST_SHARE) > 0) {
            add(
                    shares,
                    config,
                    generators,
                    SELF_CONTRAST_SHARE,
                    SelfContrast.NAME,
                    ContrastOptions.factory(config, instructions),
                    ContrastOptions.roles(config));
        }
        return shares;
    }

    /**
     * The generators; none where nobody asks one.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    public static GeneratorPool.Factory models(Configuration config) {
        boolean classifies = config.get(KindOptions.BY) == KindSettings.By.MODEL;
        double tests = JobOptions.fraction(config, TestOptions.SHARE);
        if (Stream.of(MODEL_GAP_SHARE, SOURCE_VS_MODEL_SHARE, CRITIC_SHARE, SELF_CONTRAST_SHARE)
                        .allMatch(share -> JobOptions.fraction(config, share) == 0)
                && !classifies
                && tests == 0) {
            return GeneratorPool.Factory.NONE;
        }
        GeneratorPool.Factory models =
                GenerationOptions.models(
                        config,
                        SynthesizePipeline.STAGE,
                        asksPreferenceModel(config) ? ContrastOptions.scorer(config) : null);
        if (classifies) {
            GenerationOptions.need(models, Role.CLASSIFIER, KindOptions.BY.key() + "=MODEL");
        }
        if (tests > 0) {
            GenerationOptions.need(models, Role.TESTER, TestOptions.SHARE.key() + "=" + tests);
        }
        return models;
    }

    /** Whether announced releases of a preference model have to be known. */
    public static boolean followsReleases(Configuration config) {
        return asksPreferenceModel(config) && ContrastOptions.followsReleases(config);
    }

    private static boolean asksPreferenceModel(Configuration config) {
        return JobOptions.fraction(config, SELF_CONTRAST_SHARE) > 0
                && config.get(ContrastOptions.JUDGE) == ContrastOptions.Judge.PREFERENCE;
    }

    private static void add(
            List<StrategyShare> shares,
            Configuration config,
            GeneratorPool.Factory generators,
            ConfigOption<Double> option,
            String name,
            StrategyFactory factory,
            Role... roles) {
        double share = JobOptions.fraction(config, option);
        if (share == 0) {
            return;
        }
        List<Role> needed = new ArrayList<>(List.of(roles));
        if (config.get(DESCRIBE) != Describer.Source.DOC_COMMENT) {
            needed.add(Role.DESCRIBER);
        }
        for (Role role : needed) {
            GenerationOptions.need(generators, role, option.key() + "=" + share);
        }
        shares.add(new StrategyShare(name, share, 1, factory));
    }

    private static ConfigOption<Double> share(String strategy, String what) {
        return ConfigOptions.key("synthesize." + strategy + ".share")
                .doubleType()
                .defaultValue(0.0)
                .withDescription("Share of functions, from 0 to 1, that " + what + "; 0 for none.");
    }
}
