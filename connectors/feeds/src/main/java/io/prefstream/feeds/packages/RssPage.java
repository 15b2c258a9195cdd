package io.prefstream.feeds.packages;

import java.io.IOException;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The newest versions as an RSS page shows them. It shows so many and no more: where it does not
 * reach back to what was seen, there is a gap. External entities and document types are not read.
 */
final class RssPage {

    private static final int MAX_IDS = 500;

    private RssPage() {}

    /**
     * News from a page.
     *
     * @param changeOf the change of an item, by its elements' local names; null for another item
     */
    static News news(
            String address,
            String page,
            SortedMap<String, String> seen,
            Function<Map<String, String>, News.@Nullable Change> changeOf)
            throws IOException {
        Set<String> known = ids(seen.get("ids"));
        List<News.Change> fresh = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        Instant oldest = null;
        Instant newest = seen.containsKey("newest") ? Instant.parse(seen.get("newest")) : null;
        Instant newestBefore = newest;
        boolean joins = known.isEmpty();
        for (Map<String, String> item : items(address, page)) {
            News.Change change = changeOf.apply(item);
            Instant at = time(item.get("pubDate"));
            if (change == null || at == null) {
                continue; // not a version, or cut off
            }
            String id = change.name() + "@" + change.version();
            ids.add(id);
            if (known.contains(id)) {
                joins = true;
                continue;
            }
            fresh.add(change);
            oldest = oldest == null || at.isBefore(oldest) ? at : oldest;
            newest = newest == null || at.isAfter(newest) ? at : newest;
        }
        Collections.reverse(fresh);
        ids.addAll(known);
        SortedMap<String, String> marks = new TreeMap<>();
        if (!ids.isEmpty()) {
            marks.put("ids", String.join(",", ids.stream().limit(MAX_IDS).toList()));
        }
        if (newest != null) {
            marks.put("newest", newest.toString());
        }
        boolean gap =
                !joins && oldest != null && newestBefore != null && newestBefore.isBefore(oldest);
        return new News(fresh, marks, false, gap ? newestBefore : null, gap ? oldest : null);
    }

    private static Set<String> ids(@Nullable String joined) {
        return joined == null ? Set.of() : new LinkedHashSet<>(List.of(joined.split(",")));
    }

    private static List<Map<String, String>> items(String address, String page) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<Map<String, String>> items = new ArrayList<>();
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(page));
            Map<String, String> item = null;
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamConstants.START_ELEMENT) {
                    if (xml.getLocalName().equals("item")) {
                        item = new HashMap<>();
                    } else if (item != null) {
                        String name = xml.getLocalName();
                        item.putIfAbsent(name, text(xml));
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT
                        && xml.getLocalName().equals("item")
                        && item != null) {
                    items.add(item);
                    item = null;
                }
            }
        } catch (XMLStreamException e) {
            throw new IOException(address + " did not answer RSS: " + e.getMessage(), e);
        }
        return items;
    }

    /** The text of an element, whatever elements are in it. */
    private static String text(XMLStreamReader xml) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        for (int depth = 1; depth > 0; ) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> depth++;
                case XMLStreamConstants.END_ELEMENT -> depth--;
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                        text.append(xml.getText());
                default -> {}
            }
        }
        return text.toString().strip();
    }

    private static @Nullable Instant time(@Nullable String date) {
        try {
            return date == null
                    ? null
                    : ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
