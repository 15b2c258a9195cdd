package io.prefstream.feeds.github;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one look takes of the archive: some 1,000 events, half a megabyte of state. */
final class ArchivePart {

    static final int EVENTS = 1_000;
    static final int LINES = 5_000;

    private static final String NOT_ASKED_FOR = "not-asked-for";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final GhArchiveWatcher.Settings settings;
    private final List<RepoEvent> events = new ArrayList<>();
    private final List<DeadLetter> unreadable = new ArrayList<>();
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private int lines;
    private boolean filled;

    /**
     * How far reading went.
     *
     * @param ended whether the file was read to its end
     * @param at time of the last event
     * @param damage what is wrong with the file from here on; null if nothing is
     */
    record Reading(boolean ended, Instant at, @Nullable String damage) {}

    ArchivePart(GhArchiveWatcher.Settings settings) {
        this.settings = settings;
    }

    boolean isFull() {
        return filled || events.size() >= EVENTS || lines >= LINES;
    }

    boolean isEmpty() {
        return lines == 0 && events.isEmpty();
    }

    /** Lines that were read. */
    int lines() {
        return lines;
    }

    /** Takes no more. */
    void fill() {
        filled = true;
    }

    void add(RepoEvent gap) {
        events.add(gap);
    }

    /** Reads lines until the part is full, the file ends or is damaged. */
    Reading read(HourReader reader, String address, ArchiveHour hour, Instant from) {
        Instant at = from;
        while (!isFull()) {
            byte[] text;
            try {
                text = reader.next();
            } catch (IOException e) {
                return new Reading(false, at, inWords(e));
            }
            if (text == null) {
                return new Reading(true, at, null);
            }
            lines++;
            if (isBlank(text)) {
                continue;
            }
            Instant time = take(text, address, hour, reader.line());
            at = time != null && time.isAfter(at) ? time : at;
        }
        return new Reading(false, at, null);
    }

    /** A look that took this, with more to come at once. */
    Look look(SortedMap<String, String> marks) {
        return Look.part(events, marks).without(unreadable).skipping(skipped);
    }

    /**
     * A look that took all there is now.
     *
     * @param waiting whether there will be more
     */
    Look last(SortedMap<String, String> marks, boolean waiting) {
        Look look = new Look(events, marks).without(unreadable).skipping(skipped);
        return waiting ? look.waiting() : look;
    }

    /** The event's time; null if it has none. */
    private @Nullable Instant take(byte[] text, String address, ArchiveHour hour, long line) {
        try {
            JsonNode json = JSON.readTree(text);
            GithubEvent event = GithubEvent.of(json);
            if (!isAskedFor(json)) {
                skipped.merge(NOT_ASKED_FOR, 1L, Long::sum);
                return event.createdAt();
            }
            GithubEvent.Reading reading =
                    event.read(
                            GhArchiveWatcher.FEED, settings.repositories(), settings.clock().now());
            events.addAll(reading.events());
            if (reading.skip() != null) {
                skipped.merge(reading.skip().code(), 1L, Long::sum);
            }
            return event.createdAt();
        } catch (JacksonException e) {
            letter(text, address, hour, line, "no JSON: " + e.getOriginalMessage());
        } catch (MalformedEventException e) {
            letter(text, address, hour, line, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
        return null;
    }

    static String inWords(IOException damage) {
        return damage instanceof EOFException
                ? "it is cut off"
                : String.valueOf(damage.getMessage());
    }

    private static boolean isBlank(byte[] text) {
        for (byte each : text) {
            if (each != ' ' && each != '\r' && each != '\t') {
                return false;
            }
        }
        return true;
    }

    private boolean isAskedFor(JsonNode json) {
        return settings.only().isEmpty()
                || settings.only()
                        .contains(json.path("repo").path("name").asText().toLowerCase(Locale.ROOT));
    }

    private void letter(byte[] text, String address, ArchiveHour hour, long line, String error) {
        unreadable.add(UnreadableParts.letter(address, line, text, error, hour.begin()));
    }
}
