package io.prefstream.verify;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process shows to Prometheus at one moment. */
record Scrape(List<Sample> samples) {

    private static final Pattern LINE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    record Sample(String name, Map<String, String> labels, double value) {}

    /** Nothing where nobody listens yet. */
    static Scrape of(String address) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/metrics")).build();
        try {
            return parse(
                    HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofString())
                            .body());
        } catch (ConnectException e) {
            return new Scrape(List.of());
        } catch (IOException e) {
            throw new AssertionError(address, e);
        }
    }

    private static Scrape parse(String text) {
        List<Sample> samples = new ArrayList<>();
        for (String line : text.lines().filter(one -> !one.startsWith("#")).toList()) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new AssertionError("no sample of Prometheus' text format: " + line);
            }
            samples.add(
                    new Sample(
                            matcher.group(1),
                            labels(matcher.group(2) == null ? "" : matcher.group(2)),
                            Double.parseDouble(matcher.group(3).replace("Inf", "Infinity"))));
        }
        return new Scrape(samples);
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher matcher = LABEL.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            labels.put(matcher.group(1), matcher.group(2));
            end = matcher.end();
        }
        if (end != text.length()) {
            throw new AssertionError("no labels: " + text);
        }
        return labels;
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>();
        samples.forEach(sample -> names.add(sample.name()));
        return names;
    }

    /** The sum of all samples of a name that have these labels. */
    double sum(String name, Map<String, String> labels) {
        return samples.stream()
                .filter(one -> one.name().equals(name))
                .filter(one -> one.labels().entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Sample::value)
                .sum();
    }
}
