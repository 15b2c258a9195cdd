package io.prefstream.feeds.packages;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.schemas.Origin;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The npm registry: a package's document names its versions, their times and archives; {@code
 * _changes} of the replication service names the packages that changed, without their documents
 * since May 2025. Its sequence is opaque: only what it gave is given back.
 */
final class NpmRegistry implements Registry {

    private static final int CHANGES = 50;

    /** As late as a change may come after its time of publication. */
    private static final Duration SLACK = Duration.ofMinutes(1);

    private final String address;
    private final String replication;
    private final RegistryWeb web;
    private final FeedClock clock;

    /**
     * @param address of the registry, such as {@code https://registry.npmjs.org}
     * @param replication of the changes, such as {@code https://replicate.npmjs.com/registry}
     */
    NpmRegistry(String address, String replication, HttpAccess access, FeedClock clock) {
        this.address = address;
        this.replication = replication;
        this.web = new RegistryWeb(access);
        this.clock = clock;
    }

    @Override
    public String feed() {
        return PackageFeedSource.NPM;
    }

    @Override
    public Origin origin() {
        return Origin.NPM;
    }

    @Override
    public String repository(String name) {
        return PackageFeedSource.repository(PackageFeedSource.NPM, name);
    }

    @Override
    public List<Release> releases(String name) throws IOException, MalformedPackageException {
        String url = address + "/" + name.replace("/", "%2F");
        JsonNode document = web.json(url);
        JsonNode versions = document.path("versions");
        if (!versions.isObject()) {
            if (document.path("time").has("unpublished")) {
                return List.of();
            }
            throw new MalformedPackageException(url, document.toString(), "it has no versions");
        }
        List<Release> releases = new ArrayList<>();
        for (Map.Entry<String, JsonNode> version : versions.properties()) {
            Instant time = time(document.path("time").path(version.getKey()).asText());
            JsonNode dist = version.getValue().path("dist");
            String archive = dist.path("tarball").asText();
            if (time != null && !archive.isEmpty()) {
                releases.add(
                        new Release(
                                version.getKey(),
                                time,
                                archive,
                                digest(dist),
                                licence(version.getValue().path("license"))));
            }
        }
        releases.sort(Comparator.comparing(Release::publishedAt));
        return releases;
    }

    @Override
    public News news(SortedMap<String, String> seen) throws IOException {
        String since = seen.get("since");
        try {
            if (since == null) {
                String url = replication + "/";
                RegistryWeb.Dated answer = web.dated(url);
                String now = RegistryWeb.json(url, answer.text()).path("update_seq").asText();
                return new News(List.of(), marks(now, until(answer)), false, null, null);
            }
            Instant until = Instant.parse(seen.getOrDefault("until", Instant.EPOCH.toString()));
            String url =
                    "%s/_changes?limit=%d&since=%s"
                            .formatted(
                                    replication,
                                    CHANGES,
                                    URLEncoder.encode(since, StandardCharsets.UTF_8));
            RegistryWeb.Dated answer = web.dated(url);
            JsonNode page = RegistryWeb.json(url, answer.text());
            Set<String> names = new LinkedHashSet<>();
            String last = since;
            for (JsonNode result : page.path("results")) {
                last = result.path("seq").asText(last);
                if (!result.path("deleted").asBoolean(false)) {
                    names.add(result.path("id").asText());
                }
            }
            last = page.path("last_seq").asText(last);
            boolean more = page.path("results").size() >= CHANGES;
            List<News.Change> changes =
                    names.stream().map(name -> new News.Change(name, null, until)).toList();
            Instant next = more ? until : until(answer);
            return new News(changes, marks(last, next), more, null, null);
        } catch (MalformedPackageException e) {
            throw new IOException(e.address() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        web.close();
    }

    /** The registry's own time, since it is compared with its times of publication. */
    private Instant until(RegistryWeb.Dated answer) {
        return (answer.at() == null ? clock.now() : answer.at()).minus(SLACK);
    }

    private static SortedMap<String, String> marks(String since, Instant until) {
        SortedMap<String, String> marks = new TreeMap<>();
        marks.put("since", since);
        marks.put("until", until.toString());
        return marks;
    }

    /** Subresource integrity ({@code sha512-BASE64}), else the old SHA-1. */
    private static @Nullable String digest(JsonNode dist) {
        String integrity = dist.path("integrity").asText().strip();
        int dash = integrity.indexOf('-');
        if (dash > 0 && integrity.indexOf(' ') < 0) {
            try {
                byte[] bytes = Base64.getDecoder().decode(integrity.substring(dash + 1));
                return integrity.substring(0, dash) + ":" + HexFormat.of().formatHex(bytes);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        String sha1 = dist.path("shasum").asText();
        return sha1.isEmpty() ? null : "sha1:" + sha1;
    }

    /** A name or, in old packages, an object with its type. */
    private static @Nullable String licence(JsonNode node) {
        String text = node.isObject() ? node.path("type").asText() : node.asText();
        return text.isBlank() ? null : text.strip();
    }

    private static @Nullable Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
