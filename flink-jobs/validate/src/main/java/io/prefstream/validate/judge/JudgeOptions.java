package io.prefstream.validate.judge;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.generators.GenerationOptions;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.Role;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** The options of judging pairs by a model. */
public final class JudgeOptions {

    public static final ConfigOption<Integer> VOTES =
            ConfigOptions.key("validate.judge.votes")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Votes that models with the role judge have on each pair, each of two"
                                    + " requests: one with chosen first, one with rejected first; 0"
                                    + " asks none. No more than judges, where all are at"
                                    + " temperature 0.");

    public static final ConfigOption<Double> MIN_SUPPORT =
            ConfigOptions.key("validate.judge.min-support")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "Least part of the votes that chosen must have, from 0 to 1, one for"
                                    + " neither counted as half; a pair with less is quarantined.");

    private JudgeOptions() {}

    /** The options of this class and those of the models. */
    public static List<ConfigOption<?>> all() {
        return Stream.concat(Stream.of(VOTES, MIN_SUPPORT), GenerationOptions.all().stream())
                .toList();
    }

    /**
     * How judges are asked; null where none is.
     *
     * @param user who asks
     * @throws UsageException if an option is missing or out of its range, or nobody judges
     */
    public static @Nullable JudgeSettings settings(Configuration config, String user) {
        int votes = JobOptions.atLeast(config, VOTES, 0);
        double support = JobOptions.fraction(config, MIN_SUPPORT);
        if (votes == 0) {
            return null;
        }
        GeneratorPool.Factory models = GenerationOptions.models(config, user, null);
        GenerationOptions.need(models, Role.JUDGE, VOTES.key() + "=" + votes);
        List<GeneratorSpec> judges =
                models.specs().stream()
                        .filter(spec -> spec.roles().containsKey(Role.JUDGE))
                        .toList();
        if (votes > judges.size() && judges.stream().allMatch(spec -> spec.sampling().greedy())) {
            throw new UsageException(
                    "option --%s=%d is more than there are judges (%d), all of them at temperature 0: one votes on a pair as it did before; lower it, or raise a temperature (--%s, or of --%s)"
                            .formatted(
                                    VOTES.key(),
                                    votes,
                                    judges.size(),
                                    GenerationOptions.TEMPERATURE.key(),
                                    GenerationOptions.POOL.key()));
        }
        return new JudgeSettings(
                models,
                votes,
                JobOptions.atLeast(config, GenerationOptions.CAPACITY, 1),
                new JudgeRule(support));
    }
}
