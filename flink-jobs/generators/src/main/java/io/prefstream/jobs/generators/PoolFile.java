package io.prefstream.jobs.generators;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.files.JsonFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The generators of a job in a file: {@code {"generators": [{"name": …, "where": …, "roles": …}]}}.
 * What an entry doesn't say, the options {@code generation.*} do.
 */
final class PoolFile {
    private static final Set<String> FIELDS =
            Set.of(
                    "name",
                    "where",
                    "model",
                    "revision",
                    "roles",
                    "prompt",
                    "temperature",
                    "top-p",
                    "max-answer",
                    "in-flight",
                    "prompt-price",
                    "completion-price",
                    "key-variable",
                    "key-file");

    /** At a replica: a thread each; before that many the limit of tokens holds them up. */
    private static final int MOST_REQUESTS = 512;

    private PoolFile() {}

    /**
     * A generator as it is written down.
     *
     * @param named what messages call it
     * @param fields of its JSON
     */
    record Entry(String named, String name, Map<Role, Double> roles, JsonNode fields) {

        /** One that a pair of options names. */
        static Entry of(String named, Role role, String where, @Nullable String model) {
            var fields =
                    new com.fasterxml.jackson.databind.node.ObjectNode(
                            com.fasterxml.jackson.databind.node.JsonNodeFactory.instance);
            fields.put("where", where);
            if (model != null) {
                fields.put("model", model);
            }
            return new Entry(named, role.toString(), Map.of(role, 1.0), fields);
        }

        /**
         * The generator.
         *
         * @param config says what the entry doesn't
         * @throws UsageException naming the entry and what is wrong with it
         */
        GeneratorSpec spec(Configuration config) {
            try {
                int maxTokens =
                        (int)
                                number(
                                        "max-answer",
                                        JobOptions.atLeast(
                                                config, GenerationOptions.MAX_ANSWER, 1));
                ReliableSettings defaults = ReliableSettings.DEFAULTS;
                return new GeneratorSpec(
                        name,
                        factory(config),
                        roles,
                        style(config),
                        GenerationOptions.sampling(
                                number("temperature", config.get(GenerationOptions.TEMPERATURE)),
                                number("top-p", config.get(GenerationOptions.TOP_P))),
                        maxTokens,
                        config.get(GenerationOptions.TIMEOUT),
                        new ReliableSettings(
                                (long)
                                        number(
                                                "in-flight",
                                                JobOptions.atLeast(
                                                        config, GenerationOptions.IN_FLIGHT, 1L)),
                                JobOptions.atLeast(config, GenerationOptions.TRIES, 1),
                                defaults.failuresToPause(),
                                defaults.firstPause(),
                                defaults.longestPause(),
                                mostTime(config).dividedBy(2),
                                number("prompt-price", 0),
                                number("completion-price", 0)));
            } catch (IllegalArgumentException | IOException e) {
                throw new UsageException("%s: %s".formatted(named, e.getMessage()));
            }
        }

        /** A request that takes longer than this has no answer. */
        private Duration mostTime(Configuration config) {
            return config.get(
                    isEndpoint(text("where", null))
                            ? GenerationOptions.HTTP_TIMEOUT
                            : GenerationOptions.TIMEOUT);
        }

        private static boolean isEndpoint(@Nullable String where) {
            return where != null && (where.startsWith("http://") || where.startsWith("https://"));
        }

        private GeneratorFactory factory(Configuration config) throws IOException {
            String where = text("where", null);
            if (where == null) {
                throw new IllegalArgumentException("where is missing: a folder or base URLs");
            }
            if (isEndpoint(where)) {
                return Generators.endpoint(endpoint(config, where));
            }
            if (!Files.isDirectory(Path.of(where))) {
                throw new IllegalArgumentException(where + " is no folder and no URL");
            }
            ModelBundle.open(Path.of(where));
            String device = config.get(GenerationOptions.DEVICE);
            int threads = config.get(GenerationOptions.THREADS);
            long cache = config.get(GenerationOptions.CACHE).getBytes();
            Generators.EngineChoice options =
                    given ->
                            EngineOptions.of(
                                            device.equals(GenerationOptions.GIVEN_DEVICE)
                                                    ? given
                                                    : device)
                                    .withThreads(threads)
                                    .withCacheBytes(cache);
            options.on("cpu"); // What is wrong with them is told now.
            return Generators.folder(where, options);
        }

        /** Each replica is asked once before the try has failed. */
        private OpenAiSettings endpoint(Configuration config, String where) {
            String model = text("model", null);
            if (model == null) {
                throw new IllegalArgumentException(
                        "the name of the model at %s is missing".formatted(where));
            }
            List<URI> urls = Arrays.stream(where.split(",")).map(URI::create).toList();
            OpenAiSettings settings =
                    OpenAiSettings.of(model, urls)
                            .withLimits(
                                    config.get(GenerationOptions.HTTP_TIMEOUT),
                                    urls.size() - 1,
                                    MOST_REQUESTS);
            String revision = text("revision", null);
            if (revision != null) {
                settings = settings.withRevision(revision);
            }
            String variable = text("key-variable", config.get(GenerationOptions.KEY_VARIABLE));
            if (variable != null) {
                settings = settings.withApiKeyVariable(variable);
            }
            String file = text("key-file", config.get(GenerationOptions.KEY_FILE));
            return file == null ? settings : settings.withApiKeyFile(file);
        }

        private PromptStyle style(Configuration config) {
            String value = text("prompt", config.get(GenerationOptions.PROMPT).name());
            try {
                return PromptStyle.valueOf(String.valueOf(value).toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "prompt=%s must be chat or code".formatted(value));
            }
        }

        private @Nullable String text(String field, @Nullable String otherwise) {
            JsonNode value = fields.get(field);
            if (value == null) {
                return otherwise;
            }
            if (!value.isTextual()) {
                throw new IllegalArgumentException("%s=%s must be a text".formatted(field, value));
            }
            return value.asText();
        }

        private double number(String field, double otherwise) {
            JsonNode value = fields.get(field);
            if (value == null) {
                return otherwise;
            }
            if (!value.isNumber()) {
                throw new IllegalArgumentException(
                        "%s=%s must be a number".formatted(field, value));
            }
            return value.asDouble();
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it can't be read or is no JSON
     * @throws IllegalArgumentException if it is none of generators
     */
    static List<Entry> read(Path file) throws IOException {
        JsonNode list = JsonFile.read(file).path("generators");
        if (!list.isArray() || list.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " must hold {\"generators\": [{…}]} with at least one");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode fields : list) {
            String named = "%s, generator %d".formatted(file, entries.size() + 1);
            fields.fieldNames()
                    .forEachRemaining(
                            field -> {
                                if (!FIELDS.contains(field)) {
                                    throw new IllegalArgumentException(
                                            "%s: unknown field %s".formatted(named, field));
                                }
                            });
            String name = fields.path("name").asText();
            if (name.isEmpty()) {
                throw new IllegalArgumentException(named + ": name is missing");
            }
            entries.add(new Entry(named + " (" + name + ")", name, roles(named, fields), fields));
        }
        return entries;
    }

    private static Map<Role, Double> roles(String named, JsonNode fields) {
        Map<Role, Double> roles = new EnumMap<>(Role.class);
        fields.path("roles")
                .fields()
                .forEachRemaining(
                        role -> {
                            try {
                                roles.put(
                                        Role.valueOf(role.getKey().toUpperCase(Locale.ROOT)),
                                        role.getValue().asDouble());
                            } catch (IllegalArgumentException e) {
                                throw new IllegalArgumentException(
                                        "%s: role %s must be one of %s"
                                                .formatted(
                                                        named,
                                                        role.getKey(),
                                                        Arrays.toString(Role.values())),
                                        e);
                            }
                        });
        if (roles.isEmpty()) {
            throw new IllegalArgumentException(
                    named + ": roles is missing, such as {\"strong\": 1}");
        }
        return roles;
    }
}
