package io.prefstream.trainer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.prefstream.model.Precision;
import io.prefstream.replay.Selection;
import io.prefstream.replay.Staleness;
import io.prefstream.replay.Strata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link TrainerConfig}: the defaults, over them a YAML file, over them {@code key=value}
 * pairs of the command line. A key that the defaults don't have is refused by its full name.
 */
public final class TrainerConfigReader {

    private static final String DEFAULTS = "trainer-defaults.yaml";
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");

    /** Keys below which any name is allowed. */
    private static final Set<String> FREE = Set.of("source.kafka", "replay.strata.shares");

    private static final ObjectMapper YAML =
            YAMLMapper.builder(new YAMLFactory())
                    .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .addModule(
                            new SimpleModule()
                                    .addDeserializer(Duration.class, new DurationReader())
                                    .addSerializer(new DurationWriter())
                                    .addDeserializer(
                                            TrainerConfig.DecayShape.class,
                                            new KebabEnum<>(TrainerConfig.DecayShape.class))
                                    .addDeserializer(
                                            TrainerConfig.DriftAction.class,
                                            new KebabEnum<>(TrainerConfig.DriftAction.class))
                                    .addDeserializer(
                                            Precision.class, new KebabEnum<>(Precision.class))
                                    .addDeserializer(
                                            TrainerConfig.HoldoutBy.class,
                                            new KebabEnum<>(TrainerConfig.HoldoutBy.class))
                                    .addDeserializer(
                                            Selection.class, new KebabEnum<>(Selection.class))
                                    .addDeserializer(
                                            Staleness.Policy.class,
                                            new KebabEnum<>(Staleness.Policy.class))
                                    .addDeserializer(
                                            Strata.By.class, new KebabEnum<>(Strata.By.class)))
                    .build();

    private TrainerConfigReader() {}

    /**
     * The configuration of a run.
     *
     * @param file a YAML file, or null for the defaults alone
     * @param overrides values by full key, such as {@code schedule.steps} → {@code 500}
     * @throws IllegalArgumentException with one line that names key, value and limit
     */
    public static TrainerConfig read(@Nullable Path file, Map<String, String> overrides) {
        ObjectNode tree = defaults();
        if (file != null) {
            merge(tree, fromFile(file), "");
        }
        overrides.forEach((key, value) -> override(tree, key, value));
        return toConfig(tree);
    }

    /** The effective configuration as YAML, values that may be secrets masked. */
    public static String describe(TrainerConfig config) {
        ObjectNode tree = YAML.valueToTree(config);
        ObjectNode kafka = (ObjectNode) tree.at("/source/kafka");
        kafka.fieldNames()
                .forEachRemaining(
                        name -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            if (lower.contains("password") || lower.contains("jaas")) {
                                kafka.put(name, "********");
                            }
                        });
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode defaults() {
        try (InputStream in = TrainerConfigReader.class.getResourceAsStream(DEFAULTS)) {
            return (ObjectNode) YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode fromFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("configuration " + file + " is no file");
        }
        try {
            JsonNode tree = YAML.readTree(file.toFile());
            if (tree.isMissingNode() || tree.isNull()) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw new IllegalArgumentException(
                    "configuration " + file + " is not a list of keys with values");
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "configuration " + file + " can't be read: " + firstLine(e), e);
        }
    }

    private static void merge(ObjectNode into, ObjectNode from, String prefix) {
        from.fields()
                .forEachRemaining(
                        field -> {
                            String key = prefix + field.getKey();
                            JsonNode here = into.get(field.getKey());
                            if (here == null
                                    && FREE.stream().noneMatch(free -> prefix.equals(free + "."))) {
                                throw unknown(key, into);
                            }
                            if (here instanceof ObjectNode section) {
                                if (!(field.getValue() instanceof ObjectNode values)) {
                                    throw new IllegalArgumentException(
                                            key + "=" + field.getValue() + " must hold keys");
                                }
                                merge(section, values, key + ".");
                            } else {
                                into.set(field.getKey(), field.getValue());
                            }
                        });
    }

    private static void override(ObjectNode tree, String key, String value) {
        JsonNode parsed;
        try {
            parsed = YAML.readTree(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(key + "=" + value + " is no YAML value", e);
        }
        if (parsed == null || parsed.isMissingNode()) {
            parsed = JsonNodeFactory.instance.nullNode();
        }
        for (String free : FREE) {
            if (key.startsWith(free + ".")) {
                ((ObjectNode) tree.at("/" + free.replace('.', '/')))
                        .put(key.substring(free.length() + 1), value);
                return;
            }
        }
        ObjectNode section = tree;
        String[] names = key.split("\\.", -1);
        for (int i = 0; i + 1 < names.length; i++) {
            JsonNode next = section.get(names[i]);
            if (!(next instanceof ObjectNode object)) {
                throw unknown(key, section);
            }
            section = object;
        }
        String last = names[names.length - 1];
        if (!section.has(last) || section.get(last).isObject()) {
            throw unknown(key, section);
        }
        section.set(last, parsed);
    }

    private static TrainerConfig toConfig(ObjectNode tree) {
        try {
            return YAML.treeToValue(tree, TrainerConfig.class);
        } catch (JsonMappingException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof IllegalArgumentException own
                        && !(cause instanceof DateTimeParseException)) {
                    throw own;
                }
            }
            String key =
                    e.getPath().stream()
                            .map(JsonMappingException.Reference::getFieldName)
                            .collect(Collectors.joining("."));
            Object value =
                    e instanceof InvalidFormatException wrong
                            ? wrong.getValue()
                            : tree.at("/" + key.replace('.', '/'));
            throw new IllegalArgumentException(
                    key + "=" + value + " isn't valid: " + firstLine(e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(firstLine(e), e);
        }
    }

    private static IllegalArgumentException unknown(String key, ObjectNode section) {
        TreeSet<String> known = new TreeSet<>();
        section.fieldNames().forEachRemaining(known::add);
        return new IllegalArgumentException(
                "unknown key " + key + "; there are: " + String.join(", ", known));
    }

    private static String firstLine(Exception e) {
        String message =
                e instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : e.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }

    /** {@code 90s}, {@code 5m}, {@code 2h} or ISO-8601. */
    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            String text = parser.getValueAsString("");
            Matcher matcher = SHORT_DURATION.matcher(text.strip());
            if (matcher.matches()) {
                long amount = Long.parseLong(matcher.group(1));
                return switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                };
            }
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw new InvalidFormatException(
                        parser, "not a duration such as 90s, 5m or 2h", text, Duration.class);
            }
        }
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(
                Duration value,
                com.fasterxml.jackson.core.JsonGenerator generator,
                SerializerProvider provider)
                throws IOException {
            generator.writeString(value.toString());
        }
    }

    private static final class KebabEnum<E extends Enum<E>> extends StdDeserializer<E> {
        private static final long serialVersionUID = 1L;

        private final Class<E> type;

        KebabEnum(Class<E> type) {
            super(type);
            this.type = type;
        }

        @Override
        public E deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            for (E value : type.getEnumConstants()) {
                if (TrainerConfig.kebab(value).equals(text)) {
                    return value;
                }
            }
            String values =
                    Arrays.stream(type.getEnumConstants())
                            .map(TrainerConfig::kebab)
                            .collect(Collectors.joining(", "));
            throw new InvalidFormatException(parser, "not one of " + values, text, type);
        }
    }
}
