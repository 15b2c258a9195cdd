package io.prefstream.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.jspecify.annotations.Nullable;

/**
 * A registry behind Confluent's REST API, as Confluent's own, Apicurio's and Karapace offer it.
 *
 * <p>What can pass by itself (no connection, no answer in time, status 429 or 5xx) is tried again:
 * {@value #ATTEMPTS} attempts, 3 s of waiting together. Schemas once read are kept for ever, since
 * an id never changes its meaning. That an id is unknown is never kept: it costs one request per
 * such record, and a schema registered later is found.
 *
 * <p>Source: Confluent Schema Registry API reference, v1.
 */
public final class SchemaRegistryClient implements SchemaRegistry {

    static final int ATTEMPTS = 5;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final int SCHEMA_NOT_FOUND = 40403;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String baseUrl;
    private final @Nullable String authorization;
    private final Duration firstPause;
    private final HttpClient http;
    private final Map<Integer, Schema> schemas = new ConcurrentHashMap<>();

    /**
     * @param baseUrl base of the Confluent API, such as {@code http://127.0.0.1:8081}; a user and
     *     password in it are sent as HTTP basic authentication
     */
    public SchemaRegistryClient(String baseUrl) {
        this(baseUrl, FIRST_PAUSE);
    }

    SchemaRegistryClient(String baseUrl, Duration firstPause) {
        TopicsConnection checked = new TopicsConnection("-", baseUrl);
        this.baseUrl = TopicsConnection.withoutUser(checked.registryUrl());
        this.authorization = basicAuthorization(URI.create(checked.registryUrl()).getUserInfo());
        this.firstPause = firstPause;
        this.http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .build();
    }

    @Override
    public int register(String subject, Schema schema) {
        return postSchema("register", "/subjects/" + encoded(subject) + "/versions", schema);
    }

    @Override
    public int idOf(String subject, Schema schema) {
        return postSchema("find", "/subjects/" + encoded(subject), schema);
    }

    @Override
    public Schema byId(int id) throws UnknownSchemaException {
        Schema known = schemas.get(id);
        if (known != null) {
            return known;
        }
        Answer answer = send("GET", "/schemas/ids/" + id, null);
        // Any other 404 comes from something that is no registry: no word about the id.
        if (answer.status() == 404 && answer.errorCode() == SCHEMA_NOT_FOUND) {
            throw new UnknownSchemaException("the registry has no schema " + id);
        }
        String text = answer.expectOk("read schema " + id).path("schema").asText();
        try {
            Schema schema = new Schema.Parser().parse(text);
            schemas.put(id, schema);
            return schema;
        } catch (SchemaParseException e) {
            throw new UnknownSchemaException(
                    "schema " + id + " of the registry is no Avro schema: " + e.getMessage());
        }
    }

    @Override
    public void setCompatibility(String subject, String rule) {
        send(
                        "PUT",
                        "/config/" + encoded(subject),
                        JSON.createObjectNode().put("compatibility", rule))
                .expectOk("set compatibility " + rule + " of subject " + subject);
    }

    private int postSchema(String verb, String path, Schema schema) {
        Answer answer =
                send("POST", path, JSON.createObjectNode().put("schema", schema.toString()));
        String task = verb + " schema " + schema.getFullName() + " at " + path;
        JsonNode id = answer.expectOk(task).path("id");
        if (!id.canConvertToInt()) {
            throw new SchemaRegistryException("cannot " + task + ": no id in the answer");
        }
        return id.asInt();
    }

    private Answer send(String method, String path, @Nullable JsonNode body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(baseUrl + path))
                        .timeout(REQUEST_TIMEOUT)
                        .header("Accept", MEDIA_TYPE)
                        .header("Content-Type", MEDIA_TYPE)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body.toString()));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        String lastFailure = "";
        IOException lastCause = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                if (attempt > 1) {
                    Thread.sleep(firstPause.multipliedBy(1L << (attempt - 2)).toMillis());
                }
                HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
                if (response.statusCode() != 429 && response.statusCode() < 500) {
                    return new Answer(baseUrl, response.statusCode(), response.body());
                }
                lastFailure = "status " + response.statusCode();
                lastCause = null;
            } catch (IOException e) {
                lastFailure =
                        e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                lastCause = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SchemaRegistryException(
                        "interrupted while asking the schema registry at " + baseUrl, e);
            }
        }
        String message =
                "the schema registry at %s did not answer %s %s in %d attempts; last: %s"
                        .formatted(baseUrl, method, path, ATTEMPTS, lastFailure);
        throw lastCause == null
                ? new SchemaRegistryException(message)
                : new SchemaRegistryException(message, lastCause);
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static @Nullable String basicAuthorization(@Nullable String userInfo) {
        return userInfo == null
                ? null
                : "Basic "
                        + Base64.getEncoder()
                                .encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    private record Answer(String baseUrl, int status, String body) {

        int errorCode() {
            try {
                return JSON.readTree(body).path("error_code").asInt();
            } catch (JsonProcessingException e) {
                return 0;
            }
        }

        JsonNode expectOk(String task) {
            try {
                if (status == 200) {
                    return JSON.readTree(body);
                }
            } catch (JsonProcessingException e) {
                // Told below, with the beginning of what came instead.
            }
            throw new SchemaRegistryException(
                    "the schema registry at %s cannot %s: status %d, %s"
                            .formatted(baseUrl, task, status, beginning()));
        }

        private String beginning() {
            return body.length() <= 500 ? body : body.substring(0, 500) + "…";
        }
    }
}
