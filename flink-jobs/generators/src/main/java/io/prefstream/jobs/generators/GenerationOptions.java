package io.prefstream.jobs.generators;

import io.prefstream.generation.Sampling;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.jobs.generators.release.AnswerScorerFactory;
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
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;

/** The options of the models that jobs ask, and the checked settings that they become. */
public final class GenerationOptions {

    public static final ConfigOption<String> POOL =
            ConfigOptions.key("generation.pool")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "JSON file of the generators with their roles (docs/synthesize.md);"
                                    + " instead of the four options that follow.");

    public static final ConfigOption<String> STRONG =
            ConfigOptions.key("generation.strong")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The model whose answers are chosen: a folder in Hugging Face layout,"
                                    + " or the base URLs of an OpenAI-compatible endpoint's"
                                    + " replicas, separated by commas.");

    public static final ConfigOption<String> STRONG_MODEL =
            ConfigOptions.key("generation.strong-model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Its name at the endpoint.");

    public static final ConfigOption<String> WEAK =
            ConfigOptions.key("generation.weak")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The same for the model whose answers are rejected.");

    public static final ConfigOption<String> WEAK_MODEL =
            ConfigOptions.key("generation.weak-model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Its name at the endpoint.");

    public static final ConfigOption<PromptStyle> PROMPT =
            ConfigOptions.key("generation.prompt")
                    .enumType(PromptStyle.class)
                    .defaultValue(PromptStyle.CHAT)
                    .withDescription(
                            "CHAT asks models that follow instructions; CODE has models of source"
                                    + " code continue a Java signature.");

    public static final ConfigOption<Double> TEMPERATURE =
            ConfigOptions.key("generation.temperature")
                    .doubleType()
                    .defaultValue(0.7)
                    .withDescription("Temperature of the models; 0 is greedy.");

    public static final ConfigOption<Double> TOP_P =
            ConfigOptions.key("generation.top-p")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription("Nucleus mass of the models, in (0, 1].");

    public static final ConfigOption<Integer> MAX_ANSWER =
            ConfigOptions.key("generation.max-answer")
                    .intType()
                    .defaultValue(1_024)
                    .withDescription("Tokens of an answer; a longer one makes no pair.");

    public static final ConfigOption<Duration> HTTP_TIMEOUT =
            ConfigOptions.key("generation.http-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(2))
                    .withDescription(
                            "Time for one exchange with an endpoint, its stream included; less than"
                                    + " generation.timeout.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("generation.timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription(
                            "Time for one try of a request, waiting at the model included; then it"
                                    + " is given up there and tried again. Less than"
                                    + " job.checkpoint-timeout.");

    public static final ConfigOption<Integer> TRIES =
            ConfigOptions.key("generation.tries")
                    .intType()
                    .defaultValue(5)
                    .withDescription(
                            "Tries that the requests of a record have between them. Only those"
                                    + " count that fail while the model serves others: one that is"
                                    + " away, or refuses for load, is waited for.");

    public static final ConfigOption<Long> IN_FLIGHT =
            ConfigOptions.key("generation.in-flight")
                    .longType()
                    .defaultValue(ReliableSettings.DEFAULTS.maxTokens())
                    .withDescription(
                            "Tokens, prompts and longest answers, that each process asks a model"
                                    + " for at once; fewer after signs of overload.");

    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("generation.capacity")
                    .intType()
                    .defaultValue(64)
                    .withDescription(
                            "Records under way in a subtask; more wait in the stream, which slows"
                                    + " down with them.");

    public static final ConfigOption<String> ANSWERS =
            ConfigOptions.key("generation.answers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Folder of the log of answers, so that a restart doesn't ask for them"
                                + " again; processes may share it. Without one nothing is kept.");

    public static final ConfigOption<MemorySize> ANSWERS_SIZE =
            ConfigOptions.key("generation.answers-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(1_024))
                    .withDescription("Size of that log; the oldest answers make room.");

    public static final ConfigOption<Integer> THREADS =
            ConfigOptions.key("generation.threads")
                    .intType()
                    .defaultValue(0)
                    .withDescription("Processor threads of an engine; 0 takes one for each core.");

    public static final ConfigOption<MemorySize> CACHE =
            ConfigOptions.key("generation.cache")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(256))
                    .withDescription("Key-value cache of an engine, outside of the heap.");

    public static final ConfigOption<String> DEVICE =
            ConfigOptions.key("generation.device")
                    .stringType()
                    .defaultValue("cpu")
                    .withDescription(
                            "Where engines compute: cpu, cuda, cuda:N, or flink: the first GPU that"
                                    + " Flink's external resource named gpu gives the process, and"
                                    + " the processor where it gives none.");

    public static final ConfigOption<String> KEY_VARIABLE =
            ConfigOptions.key("generation.key-variable")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Environment variable with the endpoints' API key.");

    public static final ConfigOption<String> KEY_FILE =
            ConfigOptions.key("generation.key-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("File with the endpoints' API key alone.");

    /** Value of {@link #DEVICE} that leaves the choice to Flink. */
    static final String GIVEN_DEVICE = "flink";

    private GenerationOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
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
                KEY_FILE);
    }

    /**
     * The generators.
     *
     * @param user who asks them: engines serve their users in turn
     * @param scorer of the preference model that tells answers apart; null for none
     * @throws UsageException if an option is missing or out of its range
     */
    public static GeneratorPool.Factory models(
            Configuration config, String user, @Nullable AnswerScorerFactory scorer) {
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
                user,
                specs,
                JobOptions.atLeast(config, TRIES, 1),
                answers(config),
                config.get(ANSWERS_SIZE).getBytes(),
                scorer);
    }

    /**
     * Refuses a pool in which nobody plays the role, or somebody who can't.
     *
     * @param asks the option that needs it, and its value
     * @throws UsageException naming the option and the role, or the generator and the role
     */
    public static void need(GeneratorPool.Factory models, Role role, String asks) {
        if (!models.has(role)) {
            throw new UsageException(
                    "option --%s needs a generator with the role %s: --%s, or --%s and --%s"
                            .formatted(asks, role, POOL.key(), STRONG.key(), WEAK.key()));
        }
        for (GeneratorSpec spec : models.specs()) {
            if (role.isTold()
                    && spec.roles().containsKey(role)
                    && spec.style() == PromptStyle.CODE) {
                throw new UsageException(
                        "generator %s with the role %s must follow instructions: its prompt is code"
                                .formatted(spec.name(), role));
            }
        }
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
        if (http.compareTo(attempt) >= 0) {
            throw new UsageException(
                    "option --%s=%s must be less than --%s=%s"
                            .formatted(HTTP_TIMEOUT.key(), http, TIMEOUT.key(), attempt));
        }
        JobEnvironment.requireShorterThanCheckpoint(
                config, "%s=%s".formatted(TIMEOUT.key(), attempt), attempt);
    }

    static Sampling sampling(double temperature, double topP) {
        return new Sampling(temperature, topP, 0, 0, 1);
    }
}
