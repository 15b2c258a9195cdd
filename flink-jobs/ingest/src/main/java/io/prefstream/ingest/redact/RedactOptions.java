package io.prefstream.ingest.redact;

import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** The options that say what is replaced in code. */
public final class RedactOptions {

    private static final String ALL = "all";
    private static final String NONE = "none";

    public static final ConfigOption<List<String>> KINDS =
            ConfigOptions.key("ingest.redact.kinds")
                    .stringType()
                    .asList()
                    .defaultValues(ALL)
                    .withDescription(
                            "Kinds of secrets and personal data that are replaced by placeholders,"
                                    + " such as EMAIL; all or none.");

    private RedactOptions() {}

    public static List<ConfigOption<?>> all() {
        return List.of(KINDS);
    }

    /**
     * The rules that the options describe.
     *
     * @throws UsageException if there is no such kind
     */
    public static RedactionRules rules(Configuration config) {
        List<String> names = JobOptions.values(config, KINDS);
        if (names.equals(List.of(ALL))) {
            return RedactionRules.all();
        }
        if (names.equals(List.of(NONE))) {
            return new RedactionRules(Set.of());
        }
        Set<String> kinds = new TreeSet<>();
        for (String name : names) {
            String kind = name.toUpperCase(Locale.ROOT).replace('-', '_');
            if (!RedactionRules.known().contains(kind)) {
                throw new UsageException(
                        "option --%s cannot be '%s': there are %s"
                                .formatted(
                                        KINDS.key(),
                                        name,
                                        String.join(",", RedactionRules.known())));
            }
            kinds.add(kind);
        }
        return new RedactionRules(kinds);
    }
}
