package io.prefstream.feeds.packages;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.schemas.Origin;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The Python Package Index: its JSON API names a project's releases and their files; its RSS page
 * of updates shows the forty newest releases of all projects. Of a release the source distribution
 * is taken, or a wheel where there is none.
 */
final class PypiRegistry implements Registry {

    private static final String LICENCE_CLASSIFIER = "License :: ";

    private final String address;
    private final RegistryWeb web;

    /**
     * @param address of the index, such as {@code https://pypi.org}
     */
    PypiRegistry(String address, HttpAccess access) {
        this.address = address;
        this.web = new RegistryWeb(access);
    }

    @Override
    public String feed() {
        return PackageFeedSource.PYPI;
    }

    @Override
    public Origin origin() {
        return Origin.PYPI;
    }

    /** Names are equal when they are after PEP 503's normalisation. */
    @Override
    public String repository(String name) {
        return PackageFeedSource.repository(PackageFeedSource.PYPI, name);
    }

    /** A project's name as the index compares names (PEP 503). */
    static String normalized(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
    }

    @Override
    public List<Release> releases(String name) throws IOException, MalformedPackageException {
        String url = "%s/pypi/%s/json".formatted(address, name);
        JsonNode document = web.json(url);
        JsonNode versions = document.path("releases");
        if (!versions.isObject()) {
            throw new MalformedPackageException(url, document.toString(), "it has no releases");
        }
        String licence = licence(document.path("info"));
        List<Release> releases = new ArrayList<>();
        for (Map.Entry<String, JsonNode> version : versions.properties()) {
            JsonNode file = sources(version.getValue());
            Instant time = file == null ? null : time(file);
            if (file != null && time != null) {
                String sha256 = file.path("digests").path("sha256").asText();
                releases.add(
                        new Release(
                                version.getKey(),
                                time,
                                file.path("url").asText(),
                                sha256.isEmpty() ? null : "sha256:" + sha256,
                                licence));
            }
        }
        releases.sort(Comparator.comparing(Release::publishedAt));
        return releases;
    }

    @Override
    public News news(SortedMap<String, String> seen) throws IOException {
        String url = address + "/rss/updates.xml";
        return RssPage.news(url, web.text(url), seen, PypiRegistry::change);
    }

    @Override
    public void close() {
        web.close();
    }

    /** Links look like {@code https://pypi.org/project/NAME/VERSION/}. */
    private static News.@Nullable Change change(Map<String, String> item) {
        try {
            String path = String.valueOf(URI.create(item.getOrDefault("link", "")).getPath());
            String[] parts = path.split("/");
            return parts.length >= 4 && parts[1].equals("project")
                    ? new News.Change(parts[2], parts[3], null)
                    : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable JsonNode sources(JsonNode files) {
        JsonNode wheel = null;
        for (JsonNode file : files) {
            if (file.path("yanked").asBoolean(false)) {
                continue;
            }
            String kind = file.path("packagetype").asText();
            String name = file.path("filename").asText();
            if (kind.equals("sdist") && (name.endsWith(".tar.gz") || name.endsWith(".zip"))) {
                return file;
            }
            if (kind.equals("bdist_wheel") && wheel == null) {
                wheel = file;
            }
        }
        return wheel;
    }

    private static @Nullable Instant time(JsonNode file) {
        try {
            return Instant.parse(file.path("upload_time_iso_8601").asText());
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** PEP 639's expression, else the free text where it is one line, else the classifier. */
    private static @Nullable String licence(JsonNode info) {
        String expression = info.path("license_expression").asText("").strip();
        if (!expression.isEmpty() && !expression.equals("null")) {
            return expression;
        }
        String text = info.path("license").asText("").strip();
        if (!text.isEmpty() && !text.equals("null") && text.indexOf('\n') < 0) {
            return text;
        }
        for (JsonNode classifier : info.path("classifiers")) {
            if (classifier.asText().startsWith(LICENCE_CLASSIFIER)) {
                String named = classifier.asText();
                return named.substring(named.lastIndexOf(" :: ") + 4);
            }
        }
        return null;
    }
}
