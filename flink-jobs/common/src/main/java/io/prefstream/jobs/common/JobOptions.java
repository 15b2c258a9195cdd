package io.prefstream.jobs.common;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;

/**
 * The options one job takes, and the only way from a command line to its {@link Configuration}.
 *
 * <p>Arguments are {@code --key value} or {@code --key=value}; a flag's value may be left out
 * ({@code --ingest.feed.bounded}); {@code $(NAME)} in a value is an environment variable. An
 * unknown key, a missing or an unreadable value is a {@link UsageException} of one line.
 */
public final class JobOptions {

    private static final Pattern USER_OF_URL = Pattern.compile("(?<=://)[^/@\\s]+@");

    private final Map<String, ConfigOption<?>> byKey;

    private JobOptions(Map<String, ConfigOption<?>> byKey) {
        this.byKey = byKey;
    }

    /** The options of several groups, in their order. */
    @SafeVarargs
    public static JobOptions of(List<ConfigOption<?>>... groups) {
        Map<String, ConfigOption<?>> byKey = new LinkedHashMap<>();
        for (List<ConfigOption<?>> group : groups) {
            for (ConfigOption<?> option : group) {
                if (byKey.put(option.key(), option) != null) {
                    throw new IllegalArgumentException(option.key() + " is declared twice");
                }
            }
        }
        return new JobOptions(byKey);
    }

    /** All options, in the order of declaration. */
    public List<ConfigOption<?>> all() {
        return List.copyOf(byKey.values());
    }

    /**
     * Reads a command line, with the environment of this process.
     *
     * @throws UsageException naming the argument that is wrong and what would be right
     */
    public Configuration parse(String... args) {
        return parse(System.getenv(), args);
    }

    /**
     * Reads a command line.
     *
     * @param environment what {@code $(NAME)} stands for
     * @throws UsageException naming the argument that is wrong and what would be right
     */
    public Configuration parse(Map<String, String> environment, String... given) {
        String[] args =
                Arrays.stream(given)
                        .map(argument -> EnvironmentReferences.resolve(argument, environment))
                        .toArray(String[]::new);
        Configuration config = new Configuration();
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            if (!arg.startsWith("--")) {
                throw new UsageException(
                        "unexpected argument '" + arg + "': options look like --key value");
            }
            int equals = arg.indexOf('=');
            String key = equals < 0 ? arg.substring(2) : arg.substring(2, equals);
            if (!byKey.containsKey(key)) {
                throw new UsageException("unknown option --" + key + closest(key));
            }
            if (equals >= 0) {
                config.setString(key, arg.substring(equals + 1));
            } else if (i + 1 < args.length && !args[i + 1].startsWith("--")) {
                config.setString(key, args[++i]);
            } else if (isFlag(key)) {
                config.setString(key, "true");
            } else {
                throw new UsageException(
                        "option --" + key + " needs a value: " + description(option(key)));
            }
        }
        checkValues(config);
        return config;
    }

    /**
     * Reads every value once, so that a bad one is found at start and not hours later.
     *
     * @throws UsageException naming the first option whose value cannot be read
     */
    public void checkValues(Configuration config) {
        for (ConfigOption<?> option : byKey.values()) {
            try {
                config.getOptional(option);
            } catch (IllegalArgumentException e) {
                String value = config.toMap().getOrDefault(option.key(), "");
                throw new UsageException(
                        "option --%s cannot be '%s' (%s): %s"
                                .formatted(
                                        option.key(), value, rootMessage(e), description(option)));
            }
        }
    }

    /**
     * A value that must be there.
     *
     * @throws UsageException if it is neither set nor has a default
     */
    public static <T> T required(Configuration config, ConfigOption<T> option) {
        return config.getOptional(option)
                .or(() -> Optional.ofNullable(option.defaultValue()))
                .orElseThrow(
                        () ->
                                new UsageException(
                                        "option --%s is missing: %s"
                                                .formatted(option.key(), description(option))));
    }

    /**
     * A number or a length of time that must not be below a minimum.
     *
     * @throws UsageException naming option, value and minimum
     */
    public static <T extends Comparable<T>> T atLeast(
            Configuration config, ConfigOption<T> option, T minimum) {
        T value = required(config, option);
        if (value.compareTo(minimum) < 0) {
            throw new UsageException(
                    "option --%s=%s must be at least %s"
                            .formatted(option.key(), written(value), written(minimum)));
        }
        return value;
    }

    /** A value as it may be written on the command line. */
    private static String written(Object value) {
        if (value instanceof Duration time) {
            return TimeUtils.formatWithHighestUnit(time);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(JobOptions::written).collect(Collectors.joining(","));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> entry.getKey() + ":" + entry.getValue())
                    .sorted()
                    .collect(Collectors.joining(","));
        }
        return value.toString();
    }

    /**
     * A number from 0 to 1.
     *
     * @throws UsageException naming option and value
     */
    public static double fraction(Configuration config, ConfigOption<Double> option) {
        return within(config, option, 0, 1);
    }

    /**
     * A number from a minimum to a maximum, both included.
     *
     * @throws UsageException naming option, value and limits
     */
    public static double within(
            Configuration config, ConfigOption<Double> option, Number min, Number max) {
        double value = required(config, option);
        if (!(value >= min.doubleValue() && value <= max.doubleValue())) {
            throw new UsageException(
                    "option --%s=%s must be from %s to %s"
                            .formatted(option.key(), value, min, max));
        }
        return value;
    }

    /**
     * A length of time that must be more than none.
     *
     * @throws UsageException naming option and value
     */
    public static Duration positive(Configuration config, ConfigOption<Duration> option) {
        Duration value = config.get(option);
        if (value.isZero() || value.isNegative()) {
            throw new UsageException(
                    "option --%s=%s must be positive".formatted(option.key(), value));
        }
        return value;
    }

    /** The distinct values of a list, which commas or Flink's semicolons part. */
    public static List<String> values(Configuration config, ConfigOption<List<String>> option) {
        return config.get(option).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }

    /** The configuration in force, a {@code key = value} per line, secrets masked. */
    public String effective(Configuration config) {
        Map<String, String> lines = new TreeMap<>();
        byKey.forEach((key, option) -> lines.put(key, shown(config, option)));
        return lines.entrySet().stream()
                .map(line -> line.getKey() + " = " + withoutPasswords(line.getValue()))
                .collect(Collectors.joining("\n"));
    }

    /** Key, default and sentence of every option: what {@code --help} prints. */
    public String reference() {
        return byKey.values().stream()
                .map(
                        option ->
                                "  --%s (%s)%n      %s"
                                        .formatted(
                                                option.key(),
                                                defaultOf(option)
                                                        .map(value -> "default: " + value)
                                                        .orElse("no default"),
                                                description(option)))
                .collect(Collectors.joining("\n"));
    }

    /** What an option is where nothing is said, as it may be written; empty if that is nothing. */
    public static Optional<String> defaultOf(ConfigOption<?> option) {
        return Optional.<Object>ofNullable(option.defaultValue())
                .map(JobOptions::written)
                .filter(value -> !value.isEmpty());
    }

    /** The sentence that describes an option. */
    public static String description(ConfigOption<?> option) {
        return new HtmlFormatter().format(option.description());
    }

    private static String withoutPasswords(String value) {
        return USER_OF_URL.matcher(value).replaceAll(GlobalConfiguration.HIDDEN_CONTENT + "@");
    }

    private static String shown(Configuration config, ConfigOption<?> option) {
        Object value = config.getOptional(option).map(Object.class::cast).orElse(null);
        if (value == null) {
            value = option.defaultValue();
        }
        if (value == null) {
            return "(not set)";
        }
        if (GlobalConfiguration.isSensitive(option.key())) {
            return GlobalConfiguration.HIDDEN_CONTENT;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, String> entries = new TreeMap<>();
            map.forEach(
                    (key, entry) ->
                            entries.put(
                                    key.toString(),
                                    GlobalConfiguration.isSensitive(key.toString())
                                            ? GlobalConfiguration.HIDDEN_CONTENT
                                            : entry.toString()));
            return written(entries);
        }
        return written(value);
    }

    private ConfigOption<?> option(String key) {
        ConfigOption<?> option = byKey.get(key);
        if (option == null) {
            throw new IllegalArgumentException("no option " + key);
        }
        return option;
    }

    private boolean isFlag(String key) {
        return option(key).defaultValue() instanceof Boolean;
    }

    private String closest(String key) {
        List<String> near = new ArrayList<>(byKey.keySet());
        near.sort(Comparator.comparingInt(known -> distance(key, known)));
        return near.isEmpty() || distance(key, near.get(0)) > Math.max(2, key.length() / 4)
                ? ""
                : "; did you mean --" + near.get(0) + "?";
    }

    /** Levenshtein's distance, in one row. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.toString() : root.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
