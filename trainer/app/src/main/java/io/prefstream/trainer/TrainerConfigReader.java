package io.prefstream.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link TrainerConfig}: the defaults, over them a YAML file, over them {@code key=value}
 * pairs of the command line. A key that the defaults don't have is refused by its full name.
 */
public final class TrainerConfigReader {

    private static final String DEFAULTS = "trainer-defaults.yaml";

    /** Keys below which any name is allowed. */
    private static final Set<String> FREE = Set.of("source.kafka", "replay.strata.shares");

    private static final String REPLAY = "replay";

    private static final KebabCaseStrategy NAMES = new KebabCaseStrategy();

    private static final ObjectMapper YAML =
            YAMLMapper.builder(new YAMLFactory())
                    .propertyNamingStrategy(NAMES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                    .annotationIntrospector(new ConfigValues.EnumNames())
                    .addModule(ConfigValues.durations())
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
        return to(TrainerConfig.class, tree);
    }

    /**
     * What a configuration says of the replay table, for a table that no trainer is beside.
     *
     * @param file a YAML file, whose other sections are passed over, or null for the defaults
     * @param overrides values by full key, all below {@code replay}
     * @throws IllegalArgumentException with one line that names key, value and limit
     */
    public static ReplayConfig replay(@Nullable Path file, Map<String, String> overrides) {
        ObjectNode tree = defaults();
        if (file != null) {
            merge(tree, fromFile(file), "");
        }
        return replay(tree, overrides);
    }

    /** As {@link #replay(Path, Map)}, over another one. */
    public static ReplayConfig changed(ReplayConfig base, Map<String, String> overrides) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.set(REPLAY, YAML.valueToTree(base));
        return replay(tree, overrides);
    }

    private static ReplayConfig replay(ObjectNode tree, Map<String, String> overrides) {
        ObjectNode section = JsonNodeFactory.instance.objectNode();
        section.set(REPLAY, tree.get(REPLAY));
        overrides.forEach((key, value) -> override(section, key, value));
        return to(ReplaySection.class, section).replay();
    }

    /** A replay table's settings in a tree of their own, so that keys are called what they are. */
    record ReplaySection(ReplayConfig replay) {}

    /** The settings of a replay table as YAML. */
    public static String describe(ReplayConfig config) {
        return written(YAML.valueToTree(new ReplaySection(config)));
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
        return written(tree);
    }

    private static String written(JsonNode tree) {
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
        if (!section.has(last)) {
            throw unknown(key, section);
        }
        if (section.get(last).isObject()) {
            throw new IllegalArgumentException(
                    "%s=%s must hold keys, such as %s.KEY=VALUE".formatted(key, value, key));
        }
        section.set(last, parsed);
    }

    private static <T extends Record> T to(Class<T> type, ObjectNode tree) {
        requireValues(type, tree, "");
        try {
            return YAML.treeToValue(tree, type);
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
                    key + "=" + value + " " + ConfigValues.problem(e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(firstLine(e), e);
        }
    }

    /** Refuses a null where a record has no place for it. */
    private static void requireValues(Class<?> record, JsonNode section, String prefix) {
        for (RecordComponent component : record.getRecordComponents()) {
            String name = NAMES.translate(component.getName());
            JsonNode value = section.path(name);
            if (value.isNull()
                    && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                throw new IllegalArgumentException(prefix + name + "=null: it must have a value");
            }
            if (component.getType().isRecord()) {
                requireValues(component.getType(), value, prefix + name + ".");
            }
        }
    }

    private static IllegalArgumentException unknown(String key, ObjectNode section) {
        TreeSet<String> known = new TreeSet<>();
        section.fieldNames().forEachRemaining(known::add);
        return new IllegalArgumentException(
                "unknown key " + key + "; there are: " + String.join(", ", known));
    }

    static String firstLine(Exception e) {
        String message =
                e instanceof JsonProcessingException json
                        ? json.getOriginalMessage()
                        : e.getMessage();
        return String.valueOf(message).lines().findFirst().orElse("");
    }
}
