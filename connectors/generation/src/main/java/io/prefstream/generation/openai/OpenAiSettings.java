package io.prefstream.generation.openai;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One model behind one or more endpoints, and how patient we are with them.
 *
 * <p>Holds where the key is, never the key.
 *
 * @param baseUrls one for each replica, to which {@code /completions} and {@code /chat/completions}
 *     are appended; http or https
 * @param model name that the servers know it by
 * @param revision of its weights; null if nobody knows
 * @param apiKeyVariable environment variable with the key; null for none
 * @param apiKeyFile file with the key alone; null for none
 * @param connectTimeout most time to connect, TLS included
 * @param idleTimeout most time without a byte, before the first one too: longer than a server
 *     queues
 * @param requestTimeout most time for one try, its stream included
 * @param maxRetries tries after the first
 * @param maxBackoff most time between two tries, whatever {@code Retry-After} says
 * @param maxInFlight requests that one replica works on; the rest waits here
 * @param maxWaiting requests that wait here; more are refused
 * @param affinityChars so many characters at the start of a prompt decide the replica: about as
 *     long as what prompts share, so that it is in the replica's prefix cache
 * @param coolDown how long a replica that can't be reached, or refuses all, is avoided
 * @param maxCharsPerToken an answer of more characters for each token that was asked for is refused
 */
public record OpenAiSettings(
        List<URI> baseUrls,
        String model,
        @Nullable String revision,
        @Nullable String apiKeyVariable,
        @Nullable String apiKeyFile,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration requestTimeout,
        int maxRetries,
        Duration maxBackoff,
        int maxInFlight,
        int maxWaiting,
        int affinityChars,
        Duration coolDown,
        int maxCharsPerToken)
        implements Serializable {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final Set<String> SCHEMES = Set.of("http", "https");

    public OpenAiSettings {
        baseUrls = List.copyOf(baseUrls);
        if (baseUrls.isEmpty()) {
            throw new IllegalArgumentException("base-urls=[] must name an endpoint");
        }
        baseUrls.forEach(OpenAiSettings::requireEndpoint);
        if (Set.copyOf(baseUrls).size() < baseUrls.size()) {
            throw new IllegalArgumentException(
                    "base-urls=%s must name each replica once".formatted(baseUrls));
        }
        if (model.isBlank()) {
            throw new IllegalArgumentException("model='%s' must be a name".formatted(model));
        }
        if (apiKeyVariable != null && apiKeyFile != null) {
            throw new IllegalArgumentException(
                    "the key is either in api-key-variable=%s or in api-key-file=%s, not in both"
                            .formatted(apiKeyVariable, apiKeyFile));
        }
        requireTime("connect-timeout", connectTimeout);
        requireTime("idle-timeout", idleTimeout);
        requireTime("request-timeout", requestTimeout);
        requireTime("max-backoff", maxBackoff);
        requireTime("cool-down", coolDown);
        requireAtLeast(0, "max-retries", maxRetries);
        requireAtLeast(1, "max-in-flight", maxInFlight);
        requireAtLeast(1, "max-waiting", maxWaiting);
        requireAtLeast(0, "affinity-chars", affinityChars);
        requireAtLeast(1, "max-chars-per-token", maxCharsPerToken);
    }

    /**
     * No key; 10 s to connect, 2 min idle, 10 min a try, 4 retries at most 30 s apart; 32 requests
     * in flight for each replica and 1,024 waiting; 512 characters decide the replica.
     */
    public static OpenAiSettings of(String model, List<URI> baseUrls) {
        return new OpenAiSettings(
                baseUrls,
                model,
                null,
                null,
                null,
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofMinutes(10),
                4,
                Duration.ofSeconds(30),
                32,
                1024,
                512,
                Duration.ofSeconds(10),
                64);
    }

    /** Name and revision, as answers tell them. */
    public String modelAndRevision() {
        return revision == null ? model : model + "@" + revision;
    }

    /** The same with the key in an environment variable. */
    public OpenAiSettings withApiKeyVariable(String name) {
        return with(revision, name, apiKeyFile, requestTimeout, maxRetries, maxInFlight);
    }

    /** The same with the key in a file. */
    public OpenAiSettings withApiKeyFile(String file) {
        return with(revision, apiKeyVariable, file, requestTimeout, maxRetries, maxInFlight);
    }

    /** The same with the revision of the weights. */
    public OpenAiSettings withRevision(String name) {
        return with(name, apiKeyVariable, apiKeyFile, requestTimeout, maxRetries, maxInFlight);
    }

    /** The same with other limits of one try, of tries, and of requests at a replica. */
    public OpenAiSettings withLimits(Duration oneTry, int retries, int inFlight) {
        return with(revision, apiKeyVariable, apiKeyFile, oneTry, retries, inFlight);
    }

    private OpenAiSettings with(
            @Nullable String newRevision,
            @Nullable String keyVariable,
            @Nullable String keyFile,
            Duration oneTry,
            int retries,
            int inFlight) {
        return new OpenAiSettings(
                baseUrls,
                model,
                newRevision,
                keyVariable,
                keyFile,
                connectTimeout,
                idleTimeout,
                oneTry,
                retries,
                maxBackoff,
                inFlight,
                maxWaiting,
                affinityChars,
                coolDown,
                maxCharsPerToken);
    }

    private static void requireEndpoint(URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
            // Not told: it may hold a secret.
            throw new IllegalArgumentException(
                    "a base URL at %s holds a user, a query or a fragment; keys come from"
                                    .formatted(url.getHost())
                            + " api-key-variable or api-key-file");
        }
        if (!SCHEMES.contains(scheme) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "base-urls has %s, which is no http or https URL".formatted(url));
        }
    }

    private static void requireTime(String key, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "%s=%s must be from %s to %s".formatted(key, value, SHORTEST, LONGEST));
        }
    }

    private static void requireAtLeast(int least, String key, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s=%d must be at least %d".formatted(key, value, least));
        }
    }
}
