package io.prefstream.feeds.packages;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.schemas.Origin;
import java.io.IOException;
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
 * crates.io: the sparse index names a crate's versions and their checksums, line by line (the Cargo
 * book, "Index format"); RSS pages show the newest versions. The index has no licence; its time of
 * publication ({@code pubtime}) is missing from old lines, which count as published at the epoch.
 */
final class CratesRegistry implements Registry {

    private final String index;
    private final String files;
    private final RegistryWeb web;

    /**
     * @param index such as {@code https://index.crates.io}
     * @param files of archives and RSS, such as {@code https://static.crates.io}
     */
    CratesRegistry(String index, String files, HttpAccess access) {
        this.index = index;
        this.files = files;
        this.web = new RegistryWeb(access);
    }

    @Override
    public String feed() {
        return PackageFeedSource.CRATES;
    }

    @Override
    public Origin origin() {
        return Origin.CRATES;
    }

    @Override
    public String repository(String name) {
        return PackageFeedSource.repository(PackageFeedSource.CRATES, name);
    }

    @Override
    public List<Release> releases(String name) throws IOException, MalformedPackageException {
        String url = index + "/" + path(name);
        List<Release> releases = new ArrayList<>();
        for (String line : web.text(url).split("\n")) {
            if (line.isBlank()) {
                continue;
            }
            JsonNode json = RegistryWeb.json(url, line);
            String version = json.path("vers").asText();
            String checksum = json.path("cksum").asText();
            if (version.isEmpty() || checksum.isEmpty()) {
                throw new MalformedPackageException(url, line, "it lacks vers or cksum");
            }
            if (!json.path("yanked").asBoolean(false)) {
                String crate = json.path("name").asText(name);
                releases.add(
                        new Release(
                                version,
                                time(json.path("pubtime").asText()),
                                "%s/crates/%s/%s-%s.crate".formatted(files, crate, crate, version),
                                "sha256:" + checksum,
                                null));
            }
        }
        releases.sort(Comparator.comparing(Release::publishedAt)); // stable: the index is in order
        return releases;
    }

    @Override
    public News news(SortedMap<String, String> seen) throws IOException {
        String url = files + "/rss/updates.xml";
        return RssPage.news(url, web.text(url), seen, CratesRegistry::change);
    }

    @Override
    public void close() {
        web.close();
    }

    /**
     * Where the index keeps a crate: {@code 1/a}, {@code 2/ab}, {@code 3/a/abc}, {@code ab/cd/…}.
     */
    static String path(String crate) {
        String name = crate.toLowerCase(Locale.ROOT);
        return switch (name.length()) {
            case 1 -> "1/" + name;
            case 2 -> "2/" + name;
            case 3 -> "3/" + name.charAt(0) + "/" + name;
            default -> name.substring(0, 2) + "/" + name.substring(2, 4) + "/" + name;
        };
    }

    /** Items carry {@code crates:name} and {@code crates:version}. */
    private static News.@Nullable Change change(Map<String, String> item) {
        String name = item.get("name");
        String version = item.get("version");
        return name == null || version == null ? null : new News.Change(name, version, null);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
