package io.prefstream.local;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code run.json}: by it a folder is known to hold a run, and it says what that run was asked.
 *
 * <pre>
 *   {"version":1, "feed":"git", "coordinates":[], "repositories":["/srv/code"], "depth":100,
 *    "steps":300, "seed":1, "parallelism":2, "config":{}}
 * </pre>
 *
 * <p>{@code steps} is null for a run without end. A run over GH Archive has {@code
 * "hours":{"archive":"…","from":"2026-01-01-0","to":"2026-01-01-3"}} too, one over a registry
 * {@code "packages":["…"]}, one that receives webhooks {@code
 * "webhooks":{"githubSecretFile":"…","gitlabTokenFile":null,"port":8090}}. A reader refuses
 * versions that it doesn't know.
 */
final class RunRequestFile {

    static final String NAME = "run.json";

    private static final int VERSION = 1;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private RunRequestFile() {}

    /** Whether a folder holds a run. */
    static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(NAME));
    }

    /**
     * What the run in a folder was asked.
     *
     * @throws IOException if the file is damaged or of another version
     */
    static RunRequest read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        JsonNode json;
        try {
            json = JSON.readTree(file.toFile());
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new IOException("%s is damaged: it is no JSON".formatted(file), e);
        }
        if (!json.isObject() || json.path("version").asInt(VERSION) != VERSION) {
            throw new IOException(
                    "%s has format %s, this program reads %d"
                            .formatted(file, json.path("version").asText("none"), VERSION));
        }
        try {
            return new RunRequest(
                    RunRequest.Feed.of(json.required("feed").asText()),
                    strings(json.required("coordinates")),
                    strings(json.required("repositories")),
                    json.required("depth").intValue(),
                    steps(json.required("steps")),
                    json.required("seed").longValue(),
                    json.required("parallelism").intValue(),
                    map(json.required("config")),
                    hours(json.path("hours")),
                    strings(json.path("packages")),
                    webhooks(json.path("webhooks")));
        } catch (IllegalArgumentException | BadUsageException e) {
            throw new IOException("%s is damaged: %s".formatted(file, Failures.oneLine(e)), e);
        }
    }

    /** What the file says. */
    static ObjectNode of(RunRequest request) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", VERSION);
        json.put("feed", request.feed().word());
        json.set("coordinates", JSON.valueToTree(request.coordinates()));
        json.set("repositories", JSON.valueToTree(request.repositories()));
        json.put("depth", request.depth());
        json.put("steps", request.steps());
        json.put("seed", request.seed());
        json.put("parallelism", request.parallelism());
        json.set("config", JSON.valueToTree(new TreeMap<>(request.config())));
        if (request.hours() != null) {
            json.set("hours", JSON.valueToTree(request.hours()));
        }
        if (!request.packages().isEmpty()) {
            json.set("packages", JSON.valueToTree(request.packages()));
        }
        if (request.webhooks() != null) {
            json.set("webhooks", JSON.valueToTree(request.webhooks()));
        }
        return json;
    }

    private static @Nullable Webhooks webhooks(JsonNode node) {
        return node.isMissingNode()
                ? null
                : new Webhooks(
                        node.path("githubSecretFile").textValue(),
                        node.path("gitlabTokenFile").textValue(),
                        node.required("port").intValue());
    }

    private static @Nullable ArchiveRange hours(JsonNode node) {
        return node.isMissingNode()
                ? null
                : new ArchiveRange(
                        node.required("archive").asText(),
                        node.required("from").asText(),
                        node.path("to").textValue());
    }

    private static @Nullable Long steps(JsonNode node) {
        return node.isNull() ? null : Long.valueOf(node.longValue());
    }

    private static List<String> strings(JsonNode node) {
        List<String> strings = new ArrayList<>();
        node.forEach(element -> strings.add(element.asText()));
        return strings;
    }

    private static Map<String, String> map(JsonNode node) {
        Map<String, String> map = new TreeMap<>();
        node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }
}
