package io.prefstream.feeds.packages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.http.HttpAnswer;
import io.prefstream.content.http.HttpFetcher;
import io.prefstream.feeds.packages.Registry.NoPackageException;
import io.prefstream.feeds.watch.RetryLaterException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a registry, one request at a time. */
final class RegistryWeb implements AutoCloseable {

    /** The largest descriptions of packages are some 50 MB. */
    private static final long MAX_BYTES = 128L << 20;

    private static final Duration UNNAMED_LIMIT = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpFetcher web;

    RegistryWeb(HttpAccess access) {
        this.web = HttpFetcher.open(access);
    }

    /**
     * An answer as text.
     *
     * @throws NoPackageException if it is 404 or 410
     * @throws RetryLaterException if it is a limit
     */
    String text(String address) throws IOException {
        return dated(address).text();
    }

    /**
     * An answer and the server's time.
     *
     * @param at null if the server does not tell
     */
    record Dated(String text, @Nullable Instant at) {}

    /** As {@link #text}, with the time at which the server answered. */
    Dated dated(String address) throws IOException {
        try (HttpAnswer answer = web.get(URI.create(address), Map.of(), MAX_BYTES)) {
            int status = answer.status();
            if (status == 200) {
                return new Dated(
                        new String(answer.bytes(), StandardCharsets.UTF_8),
                        answer.header("Date").map(RegistryWeb::time).orElse(null));
            }
            if (status == 404 || status == 410) {
                throw new NoPackageException("no %s: it answered %d".formatted(address, status));
            }
            if (status == 403 || status == 429 || status == 503) {
                Duration pause =
                        answer.header("Retry-After")
                                .map(RegistryWeb::seconds)
                                .orElse(UNNAMED_LIMIT);
                throw new RetryLaterException(address + " answered " + status, pause);
            }
            throw new IOException(address + " answered " + status);
        }
    }

    /**
     * An answer as JSON.
     *
     * @throws MalformedPackageException if it is none
     */
    JsonNode json(String address) throws IOException, MalformedPackageException {
        return json(address, text(address));
    }

    static JsonNode json(String address, String text) throws MalformedPackageException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new MalformedPackageException(
                    address, text, "no JSON: " + e.getOriginalMessage());
        }
    }

    @Override
    public void close() {
        web.close();
    }

    private static @Nullable Instant time(String date) {
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Duration seconds(String text) {
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(text.strip())));
        } catch (NumberFormatException e) {
            return UNNAMED_LIMIT;
        }
    }
}
