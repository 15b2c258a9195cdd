package io.prefstream.feeds.packages;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.content.testing.RawHttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * npm, the Python Package Index and crates.io over the same packages, each in its documented form:
 * package documents and {@code _changes}; project JSON and RSS; sparse index and RSS.
 */
public final class RegistriesOnLoopback implements AutoCloseable {

    public static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SINCE = Pattern.compile("since=s(\\d+)");
    private static final Pattern LIMIT = Pattern.compile("limit=(\\d+)");

    private final RawHttpServer server = new RawHttpServer();
    private final Map<String, List<String>> versions = new LinkedHashMap<>();
    private final List<String[]> news = new ArrayList<>();
    private final Deque<RawHttpServer.Answer> instead = new ArrayDeque<>();
    private int rssItems = 40;

    public RegistriesOnLoopback() {
        on("/npm/", request -> json(JSON.createObjectNode().put("update_seq", "s" + news.size())));
        on("/npm/_changes", this::changes);
        on("/pypi/rss/updates.xml", request -> rss());
        on("/crates/rss/updates.xml", request -> rss());
    }

    public String address(String registry) {
        return server.uri("/" + registry).toString();
    }

    /** A page shows this many items. */
    public synchronized void rssItems(int items) {
        rssItems = items;
    }

    public synchronized String publish(String name) {
        List<String> all = versions.computeIfAbsent(name, this::serve);
        String version = "1." + news.size() + ".0";
        all.add(version);
        news.add(new String[] {name, version});
        return version;
    }

    /** The next request is answered so. */
    public synchronized void answerOnce(RawHttpServer.Answer answer) {
        instead.add(answer);
    }

    /** A path is answered so from now on. */
    public void answer(String path, String body) {
        on(path, request -> body);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private interface Body {
        String of(RawHttpServer.Request request);
    }

    private void on(String path, Body body) {
        server.on(
                path,
                (request, out) -> {
                    RawHttpServer.Answer answer;
                    synchronized (this) {
                        answer =
                                instead.isEmpty()
                                        ? RawHttpServer.of(
                                                200,
                                                Map.of("Date", date(timeOf(news.size()))),
                                                body.of(request).getBytes(StandardCharsets.UTF_8))
                                        : instead.remove();
                    }
                    answer.write(request, out);
                });
    }

    private List<String> serve(String name) {
        on("/npm/" + name, request -> npm(name));
        on("/pypi/pypi/" + name + "/json", request -> pypi(name));
        on("/crates/" + CratesRegistry.path(name), request -> crates(name));
        return new ArrayList<>();
    }

    /** Publications are ten minutes apart. */
    public static Instant timeOf(long publication) {
        return NOON.plus(Duration.ofMinutes(10 * publication));
    }

    private static String date(Instant time) {
        return DateTimeFormatter.RFC_1123_DATE_TIME
                .withLocale(Locale.ROOT)
                .format(time.atOffset(ZoneOffset.UTC));
    }

    private Instant time(String version) {
        return timeOf(Long.parseLong(version.split("\\.")[1]));
    }

    private String npm(String name) {
        ObjectNode document = JSON.createObjectNode().put("name", name);
        ObjectNode times = document.putObject("time").put("created", NOON.toString());
        ObjectNode all = document.putObject("versions");
        for (String version : versions.get(name)) {
            times.put(version, time(version).toString());
            ObjectNode one = all.putObject(version).put("version", version).put("license", "MIT");
            one.putObject("dist")
                    .put("tarball", address("npm") + "/" + name + "-" + version + ".tgz")
                    .put("integrity", "sha512-AAECAw==")
                    .put("shasum", "00");
        }
        return json(document);
    }

    private String pypi(String name) {
        ObjectNode document = JSON.createObjectNode();
        document.putObject("info").put("name", name).put("license_expression", "Apache-2.0");
        ObjectNode releases = document.putObject("releases");
        for (String version : versions.get(name)) {
            ArrayNode files = releases.putArray(version);
            for (String kind : List.of("bdist_wheel", "sdist")) {
                String file =
                        kind.equals("sdist")
                                ? name + "-" + version + ".tar.gz"
                                : name + "-" + version + "-py3-none-any.whl";
                files.addObject()
                        .put("packagetype", kind)
                        .put("filename", file)
                        .put("url", address("pypi") + "/files/" + file)
                        .put("upload_time_iso_8601", time(version).toString())
                        .put("yanked", false)
                        .putObject("digests")
                        .put("sha256", "ab".repeat(32));
            }
        }
        return json(document);
    }

    private String crates(String name) {
        StringBuilder lines = new StringBuilder();
        for (String version : versions.get(name)) {
            lines.append(
                            json(
                                    JSON.createObjectNode()
                                            .put("name", name)
                                            .put("vers", version)
                                            .put("cksum", "cd".repeat(32))
                                            .put("yanked", false)
                                            .put("pubtime", time(version).toString())))
                    .append('\n');
        }
        return lines.toString();
    }

    private String changes(RawHttpServer.Request request) {
        int since = number(SINCE, request.target());
        int to = Math.min(news.size(), since + number(LIMIT, request.target()));
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode results = answer.putArray("results");
        for (int i = since; i < to; i++) {
            ObjectNode result =
                    results.addObject().put("seq", "s" + (i + 1)).put("id", news.get(i)[0]);
            result.putArray("changes").addObject().put("rev", "1-a");
        }
        return json(answer.put("last_seq", "s" + to));
    }

    private String rss() {
        StringBuilder page = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        page.append("<rss version=\"2.0\" xmlns:crates=\"https://crates.io/\"><channel>");
        page.append("<title>Updates</title>");
        for (int i = news.size() - 1; i >= Math.max(0, news.size() - rssItems); i--) {
            String name = news.get(i)[0];
            String version = news.get(i)[1];
            String date = date(time(version));
            page.append(
                    "<item><title>%s %s</title><link>https://pypi.org/project/%s/%s/</link><crates:name>%s</crates:name><crates:version>%s</crates:version><description><![CDATA[a <b>new</b> one]]></description><pubDate>%s</pubDate></item>"
                            .formatted(name, version, name, version, name, version, date));
        }
        return page.append("</channel></rss>").toString();
    }

    private static int number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static String json(ObjectNode node) {
        return node.toString();
    }
}
