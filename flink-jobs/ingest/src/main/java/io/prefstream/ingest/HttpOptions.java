package io.prefstream.ingest;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;

/** Whom ingest may ask on the web for archives; feeds ask the addresses of their own options. */
public final class HttpOptions {

    public static final ConfigOption<List<String>> ARCHIVE_HOSTS =
            ConfigOptions.key("ingest.http.archive-hosts")
                    .stringType()
                    .asList()
                    .defaultValues(
                            "registry.npmjs.org", "files.pythonhosted.org", "static.crates.io")
                    .withDescription(
                            "Hosts that archives of packages may be fetched from; *.example.org for"
                                    + " all below it, * for any.");

    public static final ConfigOption<Boolean> ALLOW_PRIVATE_ADDRESSES =
            ConfigOptions.key("ingest.http.allow-private-addresses")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether a host may be on this machine or a private network, and plain"
                                    + " http be used: for mirrors of one's own.");

    private HttpOptions() {}

    /** The options of this class. */
    public static List<ConfigOption<?>> all() {
        return List.of(ARCHIVE_HOSTS, ALLOW_PRIVATE_ADDRESSES);
    }

    /**
     * For fetching archives.
     *
     * @throws UsageException if no host is named
     */
    public static HttpAccess archives(Configuration config) {
        List<String> hosts = JobOptions.values(config, ARCHIVE_HOSTS);
        if (hosts.isEmpty()) {
            throw new UsageException("option --%s names no host".formatted(ARCHIVE_HOSTS.key()));
        }
        return HttpAccess.to(hosts).withPrivateAddresses(config.get(ALLOW_PRIVATE_ADDRESSES));
    }
}
