package io.prefstream.synthesize;

import io.prefstream.generation.Sampling;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.synthesize.modelgap.GeneratorFactory;
import io.prefstream.synthesize.modelgap.Generators;
import io.prefstream.synthesize.modelgap.ModelGapSettings;
import io.prefstream.synthesize.modelgap.ModelGapStage;
import io.prefstream.synthesize.modelgap.PromptStyle;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;

/** The options of pairs that models write, and the checked stage that they become. */
public final class ModelGapOptions {

    public static final ConfigOption<Double> SHARE =
            ConfigOptions.key("synthesize.model-gap.share")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "Share of functions, from 0 to 1, that a strong and a weak model are"
                                    + " asked to write; 0 asks no model.");

    public static final ConfigOption<String> STRONG =
            ConfigOptions.key("synthesize.model-gap.strong")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The model whose answers are chosen: a folder in Hugging Face layout,"
                                    + " or the base URLs of an OpenAI-compatible endpoint's"
                                    + " replicas, parted by commas.");

    public static final ConfigOption<String> STRONG_MODEL =
            ConfigOptions.key("synthesize.model-gap.strong-model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Its name at the endpoint.");

    public static final ConfigOption<String> WEAK =
            ConfigOptions.key("synthesize.model-gap.weak")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The same for the model whose answers are rejected.");

    public static final ConfigOption<String> WEAK_MODEL =
            ConfigOptions.key("synthesize.model-gap.weak-model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Its name at the endpoint.");

    public static final ConfigOption<PromptStyle> PROMPT =
            ConfigOptions.key("synthesize.model-gap.prompt")
                    .enumType(PromptStyle.class)
                    .defaultValue(PromptStyle.CHAT)
                    .withDescription(
                            "CHAT asks models that follow instructions; CODE has models of source"
                                    + " code continue a Java signature.");

    public static final ConfigOption<Double> TEMPERATURE =
            ConfigOptions.key("synthesize.model-gap.temperature")
                    .doubleType()
                    .defaultValue(0.7)
                    .withDescription("Temperature of both models; 0 is greedy.");

    public static final ConfigOption<Double> TOP_P =
            ConfigOptions.key("synthesize.model-gap.top-p")
                    .doubleType()
                    .defaultValue(1.0)
                    .withDescription("Nucleus mass of both models, in (0, 1].");

    public static final ConfigOption<Integer> MAX_TOKENS =
            ConfigOptions.key("synthesize.model-gap.max-tokens")
                    .intType()
                    .defaultValue(1_024)
                    .withDescription("Tokens of an answer; a longer one makes no pair.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("synthesize.model-gap.timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(5))
                    .withDescription("Time for both answers, waiting in the engine included.");

    public static final ConfigOption<Integer> CAPACITY =
            ConfigOptions.key("synthesize.model-gap.capacity")
                    .intType()
                    .defaultValue(64)
                    .withDescription(
                            "Functions under way in a subtask; more wait in the stream, which"
                                    + " slows down with them.");

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
                    .withDescription("Where engines compute: cpu, cuda or cuda:N.");

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

    private ModelGapOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(
                SHARE,
                STRONG,
                STRONG_MODEL,
                WEAK,
                WEAK_MODEL,
                PROMPT,
                TEMPERATURE,
                TOP_P,
                MAX_TOKENS,
                TIMEOUT,
                CAPACITY,
                THREADS,
                CACHE,
                DEVICE,
                KEY_VARIABLE,
                KEY_FILE);
    }

    /**
     * The stage; empty where no model is to be asked.
     *
     * @throws UsageException if an option is missing or out of its range
     */
    public static Optional<ModelGapStage> stage(Configuration config) {
        double share = JobOptions.required(config, SHARE);
        if (!(share >= 0 && share <= 1)) {
            throw new UsageException(
                    "option --%s=%s must be from 0 to 1".formatted(SHARE.key(), share));
        }
        if (share == 0) {
            return Optional.empty();
        }
        return Optional.of(
                new ModelGapStage(
                        settings(config, share),
                        generator(config, STRONG, STRONG_MODEL),
                        generator(config, WEAK, WEAK_MODEL)));
    }

    private static ModelGapSettings settings(Configuration config, double share) {
        return new ModelGapSettings(
                share,
                config.get(PROMPT),
                sampling(config),
                JobOptions.atLeast(config, MAX_TOKENS, 1),
                JobOptions.positive(config, TIMEOUT),
                JobOptions.atLeast(config, CAPACITY, 1),
                JobOptions.atLeast(config, SynthesizeOptions.MAX_DOC_CHARS, 0),
                JobOptions.atLeast(config, SynthesizeOptions.MAX_INSTRUCTION_CHARS, 1),
                JobOptions.required(config, SynthesizeOptions.SEED));
    }

    private static Sampling sampling(Configuration config) {
        try {
            return new Sampling(config.get(TEMPERATURE), config.get(TOP_P), 0, 0, 1);
        } catch (IllegalArgumentException e) {
            throw new UsageException("options --synthesize.model-gap.*: " + e.getMessage());
        }
    }

    private static GeneratorFactory generator(
            Configuration config, ConfigOption<String> option, ConfigOption<String> nameOption) {
        String where = JobOptions.required(config, option);
        if (where.startsWith("http://") || where.startsWith("https://")) {
            return Generators.endpoint(endpoint(config, option, where, nameOption));
        }
        if (!Files.isDirectory(Path.of(where))) {
            throw new UsageException(
                    "option --%s=%s is no folder and no URL".formatted(option.key(), where));
        }
        try {
            ModelBundle.open(Path.of(where));
        } catch (IOException e) {
            throw new UsageException("option --%s: %s".formatted(option.key(), e.getMessage()));
        }
        return Generators.folder(where, engine(config));
    }

    private static OpenAiSettings endpoint(
            Configuration config,
            ConfigOption<String> option,
            String urls,
            ConfigOption<String> nameOption) {
        String name = JobOptions.required(config, nameOption);
        try {
            OpenAiSettings settings =
                    OpenAiSettings.of(
                            name, Arrays.stream(urls.split(",")).map(URI::create).toList());
            Optional<String> variable = config.getOptional(KEY_VARIABLE);
            if (variable.isPresent()) {
                settings = settings.withApiKeyVariable(variable.get());
            }
            Optional<String> file = config.getOptional(KEY_FILE);
            return file.isPresent() ? settings.withApiKeyFile(file.get()) : settings;
        } catch (IllegalArgumentException e) {
            throw new UsageException("option --%s: %s".formatted(option.key(), e.getMessage()));
        }
    }

    private static EngineOptions engine(Configuration config) {
        try {
            return EngineOptions.of(config.get(DEVICE))
                    .withThreads(config.get(THREADS))
                    .withCacheBytes(config.get(CACHE).getBytes());
        } catch (IllegalArgumentException e) {
            throw new UsageException("options --synthesize.generation.*: " + e.getMessage());
        }
    }
}
