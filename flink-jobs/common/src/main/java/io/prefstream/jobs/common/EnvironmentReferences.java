package io.prefstream.jobs.common;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code $(NAME)} in an argument stands for an environment variable and {@code $$(NAME)} for
 * itself, as in the arguments of a Kubernetes container. Kubernetes doesn't see those of a job that
 * Flink's operator starts, which Flink keeps in its configuration: so what is there may name a
 * secret and need not hold it.
 */
final class EnvironmentReferences {

    private static final Pattern REFERENCE =
            Pattern.compile("(\\$?)\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

    private EnvironmentReferences() {}

    /**
     * @throws UsageException naming a variable that isn't set
     */
    static String resolve(String argument, Map<String, String> environment) {
        return REFERENCE
                .matcher(argument)
                .replaceAll(found -> Matcher.quoteReplacement(value(found, environment)));
    }

    private static String value(MatchResult found, Map<String, String> environment) {
        if (!found.group(1).isEmpty()) {
            return found.group().substring(1);
        }
        String value = environment.get(found.group(2));
        if (value == null) {
            throw new UsageException(
                    "no environment variable %s, which %s stands for"
                            .formatted(found.group(2), found.group()));
        }
        return value;
    }
}
