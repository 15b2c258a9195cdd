package io.prefstream.synthesize.models;

import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.synthesize.StrategyFactory;
import io.prefstream.synthesize.StrategyShare;
import io.prefstream.synthesize.SynthesizeOptions;
import io.prefstream.synthesize.models.Describer.Criterion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/** The options of pairs that models write, and the checked settings that they become. */
public final class GenerationOptions {

    public static final ConfigOption<Double> MODEL_GAP_SHARE =
            share(ModelGap.NAME, "a strong and a weak model are asked to write");

    public static final ConfigOption<Double> SOURCE_VS_MODEL_SHARE =
            share(SourceVsModel.NAME, "a weak model is asked to write, against the published one");

    public static final ConfigOption<Double> CRITIC_SHARE =
            share(Critic.NAME, "a weak model is asked to write and a critic to make better");

    public static final ConfigOption<Double> SELF_CONTRAST_SHARE =
            share(SelfContrast.NAME, "a model writes several times, best against worst");

    public static final ConfigOption<String> SELF_CONTRAST_MODEL =
            ConfigOptions.key("synthesize.self-contrast.model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder of the preference model that tells best from worst, such as a"
                                    + " release of the trainer.");

    public static final ConfigOption<Integer> SELF_CONTRAST_SAMPLES =
            ConfigOptions.key("synthesize.self-contrast.samples")
                    .intType()
                    .defaultValue(4)
                    .withDescription("Answers that are written to each function, at least 2.");

    public static final ConfigOption<Double> SELF_CONTRAST_MIN_MARGIN =
            ConfigOptions.key("synthesize.self-contrast.min-margin")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription("Least difference of the rewards of best and worst.");

    public static final ConfigOption<String> POOL =
            ConfigOptions.key("synthesize.generation.pool")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "JSON file of the generators with their roles (docs/synthesize.md);"
                                    + " instead of the four options that follow.");

    public static final ConfigOption<String> STRONG =
            ConfigOptions.key("synthesize.generation.strong")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The model whose answers are chosen: a folder in Hugging Face layout,"
                                    + " or the base URLs of an OpenAI-compatible endpoint's"
                                    + " replicas, parted by commas.");

    public static final ConfigOption<String> STRONG_MODEL =
            ConfigOptions.key("synthesize.generation.strong-model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Its name at the endpoint.");

    public static final ConfigOption<String> WEAK =
            ConfigOptions.key("synthesize.generation.weak")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The same for the model whose answers are rejected.");

    public static final ConfigOption<String> WEAK_MODEL =
            ConfigOptions.key("synthesize.generation.weak-model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Its name at the endpoint.");

    public static final ConfigOption<PromptStyle> PROMPT =
            ConfigOptions.key("synthesize.generation.prompt")
                    .enumType(PromptStyle.class)
                    .defaultValue(PromptStyle.CHAT)
                    .withDescription(
                            "CHAT asks models that follow instructions; CODE has models of source"
                                    + " code continue a Java signature.");

    public static final ConfigOption<Double> TEMPERATURE =
            ConfigOptions.key("synthesize.generation.temperature")
                    .doubleType()
                    .defaultValue(0.7)
                    .withDescription("Temperature of the models; 0 is greedy.");

    public static final ConfigOption<Double> TOP_P =
            ConfigOptions.key("synthesize.generation.top-p")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription("Nucleus mass of the models, in (0, 1].");

    public static final ConfigOption<Integer> MAX_ANSWER =
            ConfigOptions.key("synthesize.generation.max-answer")
                    .intType()
                    .defaultValue(1_024)
                    .withDescription("Tokens of an answer; a longer one makes no pair.");

    public static final ConfigOption<Duration> HTTP_TIMEOUT =
            ConfigOptions.key("synthesize.generation.http-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(2))
                    .withDescription(
                            "Time for one exchange with an endpoint, its stream included; less than"
                                    + " synthesize.generation.timeout.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("synthesize.generation.timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription(
                            "Time for one try of a request, waiting at the model included; then it"
                                    + " is given up there and tried again. Less than"
                                    + " job.checkpoint-timeout.");

    public static final ConfigOption<Integer> TRIES =
            ConfigOptions.key("synthesize.generation.tries")
                    .intType()
                    .defaultValue(5)
                    .withDescription(
                            "Tries that the requests of a snippet have between them. Only those"
                                    + " count that fail while the model serves others: one that is"
                                    + " away is waited for.");

    public static final ConfigOption<Long> IN_FLIGHT =
            ConfigOptions.key("synthesize.generation.in-flight")
                    .longType()
                    .defaultValue(ReliableSettings.DEFAULTS.maxTokens())
                    .withDescription(
                            "Tokens, prompts and longest answers, that each process asks a model"
                                    + " for at once; fewer after signs of overload.");

    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("synthesize.generation.capacity")
                    .intType()
                    .defaultValue(64)
                    .withDescription(
                            "Snippets under way in a subtask; more wait in the stream, which slows"
                                    + " down with them.");

    public static final ConfigOption<String> ANSWERS =
            ConfigOptions.key("synthesize.generation.answers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder of the log of answers, so that a restart doesn't ask for them"
                                + " again; processes may share it. Without one nothing is kept.");

    public static final ConfigOption<MemorySize> ANSWERS_SIZE =
            ConfigOptions.key("synthesize.generation.answers-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(1_024))
                    .withDescription("Size of that log; the oldest answers make room.");

    public static final ConfigOption<Integer> THREADS =
            ConfigOptions.key("synthesize.generation.threads")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Processor threads of an engine; 0 takes one for a small model, else"
                                    + " one for each core.");

    public static final ConfigOption<MemorySize> CACHE =
            ConfigOptions.key("synthesize.generation.cache")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(256))
                    .withDescription("Key-value cache of an engine, outside of the heap.");

    public static final ConfigOption<String> DEVICE =
            ConfigOptions.key("synthesize.generation.device")
                    .stringType()
                    .defaultValue("cpu")
                    .withDescription(
                            "Where engines compute: cpu, cuda, cuda:N, or flink: the first GPU that"
                                    + " Flink's external resource named gpu gives the process, and"
                                    + " the processor where it gives none.");

    public static final ConfigOption<String> KEY_VARIABLE =
            ConfigOptions.key("synthesize.generation.key-variable")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Environment variable with the endpoints' API key.");

    public static final ConfigOption<String> KEY_FILE =
            ConfigOptions.key("synthesize.generation.key-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("File with the endpoints' API key alone.");

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

    /** Value of {@link #DEVICE} that leaves the choice to Flink. */
    static final String GIVEN_DEVICE = "flink";

    private GenerationOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                MODEL_GAP_SHARE,
                SOURCE_VS_MODEL_SHARE,
                CRITIC_SHARE,
                SELF_CONTRAST_SHARE,
                SELF_CONTRAST_MODEL,
                SELF_CONTRAST_SAMPLES,
                SELF_CONTRAST_MIN_MARGIN,
                POOL,
                STRONG,
                STRONG_MODEL,
                WEAK,
                WEAK_MODEL,
                PROMPT,
                TEMPERATURE,
                TOP_P,
                MAX_ANSWER,
                HTTP_TIMEOUT,
                TIMEOUT,
                TRIES,
                IN_FLIGHT,
                CAPACITY,
                ANSWERS,
                ANSWERS_SIZE,
                THREADS,
                CACHE,
                DEVICE,
                KEY_VARIABLE,
                KEY_FILE,
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
        SelfContrast.Settings contrast =
                new SelfContrast.Settings(
                        JobOptions.atLeast(config, SELF_CONTRAST_SAMPLES, 2),
                        JobOptions.atLeast(config, SELF_CONTRAST_MIN_MARGIN, 0.0));
        add(
                shares,
                config,
                generators,
                SELF_CONTRAST_SHARE,
                SelfContrast.NAME,
                models -> new SelfContrast(contrast, instructions, models, models.scorer()),
                Role.SAMPLER);
        return shares;
    }

    /**
     * The generators; none where no strategy asks one.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    public static GeneratorPool.Factory models(Configuration config) {
        if (Stream.of(MODEL_GAP_SHARE, SOURCE_VS_MODEL_SHARE, CRITIC_SHARE, SELF_CONTRAST_SHARE)
                .allMatch(share -> JobOptions.fraction(config, share) == 0)) {
            return GeneratorPool.Factory.NONE;
        }
        checkTimeouts(config);
        List<GeneratorSpec> specs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (PoolFile.Entry entry : entries(config)) {
            if (!names.add(entry.name())) {
                throw new UsageException(
                        "option --%s: two generators are named %s"
                                .formatted(POOL.key(), entry.name()));
            }
            specs.add(entry.spec(config));
        }
        return new GeneratorPool.Factory(
                specs,
                JobOptions.atLeast(config, TRIES, 1),
                answers(config),
                config.get(ANSWERS_SIZE).getBytes(),
                JobOptions.fraction(config, SELF_CONTRAST_SHARE) == 0 ? null : scorer(config));
    }

    /** The folder, which can be made and written. */
    private static @Nullable String answers(Configuration config) {
        String folder = config.getOptional(ANSWERS).orElse(null);
        if (folder == null) {
            return null;
        }
        try {
            if (!Files.isWritable(Files.createDirectories(Path.of(folder)))) {
                throw new IOException("it can't be written");
            }
            return folder;
        } catch (IOException | InvalidPathException e) {
            throw new UsageException(
                    "option --%s=%s is no folder for answers: %s"
                            .formatted(ANSWERS.key(), folder, e));
        }
    }

    private static AnswerScorerFactory scorer(Configuration config) {
        String folder = JobOptions.required(config, SELF_CONTRAST_MODEL);
        String option = "option --" + SELF_CONTRAST_MODEL.key();
        try {
            if (!ModelBundle.open(Path.of(folder)).config().heads().reward()) {
                throw new UsageException(
                        "%s=%s has no reward head: a release of the trainer has"
                                .formatted(option, folder));
            }
            return Generators.scorer(
                    folder, EngineOptions.forScores().withThreads(config.get(THREADS)));
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("%s: %s".formatted(option, e.getMessage()));
        }
    }

    private static List<PoolFile.Entry> entries(Configuration config) {
        Optional<String> file = config.getOptional(POOL);
        if (file.isPresent()) {
            try {
                return PoolFile.read(Path.of(file.get()));
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException("option --%s: %s".formatted(POOL.key(), e.getMessage()));
            }
        }
        List<PoolFile.Entry> entries = new ArrayList<>();
        entry(config, Role.STRONG, STRONG, STRONG_MODEL).ifPresent(entries::add);
        entry(config, Role.WEAK, WEAK, WEAK_MODEL).ifPresent(entries::add);
        return entries;
    }

    private static Optional<PoolFile.Entry> entry(
            Configuration config,
            Role role,
            ConfigOption<String> where,
            ConfigOption<String> model) {
        return config.getOptional(where)
                .map(
                        value ->
                                PoolFile.Entry.of(
                                        "option --" + where.key(),
                                        role,
                                        value,
                                        config.getOptional(model).orElse(null)));
    }

    /** A barrier waits behind a full queue until a try ends, and a try until its exchange ends. */
    private static void checkTimeouts(Configuration config) {
        Duration http = JobOptions.positive(config, HTTP_TIMEOUT);
        Duration attempt = JobOptions.positive(config, TIMEOUT);
        Duration checkpoint = JobOptions.positive(config, JobEnvironment.CHECKPOINT_TIMEOUT);
        if (http.compareTo(attempt) >= 0) {
            throw new UsageException(
                    "option --%s=%s must be less than --%s=%s"
                            .formatted(HTTP_TIMEOUT.key(), http, TIMEOUT.key(), attempt));
        }
        if (attempt.compareTo(checkpoint) >= 0) {
            throw new UsageException(
                    "option --%s=%s must be less than --%s=%s"
                            .formatted(
                                    TIMEOUT.key(),
                                    attempt,
                                    JobEnvironment.CHECKPOINT_TIMEOUT.key(),
                                    checkpoint));
        }
    }

    static Sampling sampling(double temperature, double topP) {
        return new Sampling(temperature, topP, 0, 0, 1);
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
            if (!generators.has(role)) {
                throw new UsageException(
                        "option --%s=%s needs a generator with the role %s: --%s, or --%s and --%s"
                                .formatted(
                                        option.key(),
                                        share,
                                        role,
                                        POOL.key(),
                                        STRONG.key(),
                                        WEAK.key()));
            }
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
