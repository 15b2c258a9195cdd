package io.prefstream.jobs.generators.release;

import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.jobs.common.UsageException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The options of a preference model behind servers with {@code /v1/score}, under a prefix of who
 * asks it.
 */
public final class RewardEndpointOptions {

    /** What a server without a path in its URL is asked below. */
    private static final String API = "/v1";

    /** The servers give the model's name; this one is for nobody. */
    private static final String UNNAMED = "preference-model";

    private final ConfigOption<String> endpoint;
    private final ConfigOption<String> keyVariable;
    private final ConfigOption<String> keyFile;
    private final List<ConfigOption<?>> replaced;

    /**
     * Options of one who asks.
     *
     * @param prefix such as {@code validate.margin.}
     * @param replaced options of a model in this process, of no use beside an endpoint
     */
    public RewardEndpointOptions(String prefix, List<ConfigOption<?>> replaced) {
        this.replaced = List.copyOf(replaced);
        endpoint =
                ConfigOptions.key(prefix + "endpoint")
                        .stringType()
                        .noDefaultValue()
                        .withDescription(
                                "URLs of servers whose preference model is asked instead of one in"
                                    + " this process, separated by commas, such as"
                                    + " http://host:8000: ./prefstream serve, whose --follow keeps"
                                    + " to the newest release.");
        keyVariable =
                ConfigOptions.key(prefix + "key-variable")
                        .stringType()
                        .noDefaultValue()
                        .withDescription("Environment variable with that endpoint's API key.");
        keyFile =
                ConfigOptions.key(prefix + "key-file")
                        .stringType()
                        .noDefaultValue()
                        .withDescription("File with that endpoint's API key alone.");
    }

    /** All of them. */
    public List<ConfigOption<?>> all() {
        return List.of(endpoint, keyVariable, keyFile);
    }

    /** Whether there is an endpoint. */
    public boolean given(Configuration config) {
        return config.contains(endpoint);
    }

    /**
     * The endpoint; null where there is none.
     *
     * @param timeout most time for one exchange
     * @param inFlight most requests at each server
     * @throws UsageException naming the option that is no URL, or of no use with the others
     */
    public @Nullable OpenAiSettings settings(Configuration config, Duration timeout, int inFlight) {
        String urls = config.getOptional(endpoint).orElse(null);
        if (urls == null) {
            for (ConfigOption<String> key : List.of(keyVariable, keyFile)) {
                if (config.contains(key)) {
                    throw new UsageException(
                            "option --%s=%s needs --%s"
                                    .formatted(key.key(), config.get(key), endpoint.key()));
                }
            }
            return null;
        }
        OpenAiSettings settings;
        try {
            List<URI> servers =
                    Arrays.stream(urls.split(","))
                            .map(url -> below(URI.create(url.strip())))
                            .toList();
            // Each server is asked once before the try has failed.
            settings =
                    OpenAiSettings.of(UNNAMED, servers)
                            .withLimits(timeout, servers.size() - 1, inFlight);
            String variable = config.getOptional(keyVariable).orElse(null);
            if (variable != null) {
                settings = settings.withApiKeyVariable(variable);
            }
            String file = config.getOptional(keyFile).orElse(null);
            if (file != null) {
                settings = settings.withApiKeyFile(file);
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException("option --%s: %s".formatted(endpoint.key(), e.getMessage()));
        }
        for (ConfigOption<?> option : replaced) {
            if (config.containsKey(option.key())) {
                throw new UsageException(
                        "option --%s=%s is of a model in this process, and --%s=%s asks another"
                                .formatted(option.key(), config.get(option), endpoint.key(), urls));
            }
        }
        return settings;
    }

    private static URI below(URI server) {
        boolean bare =
                server.getHost() != null
                        && server.getQuery() == null
                        && server.getFragment() == null
                        && (server.getPath().isEmpty() || server.getPath().equals("/"));
        return bare ? server.resolve(API) : server;
    }
}
