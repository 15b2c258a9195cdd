package io.prefstream.feeds.github;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a span was read.
 *
 * <p>Marks: {@code hour} to be read next, {@code line} up to which it was read and {@code at}, the
 * time in milliseconds of the last event there; the same three for each hour that was {@code
 * missing} or damaged when its turn came, and that is tried again later.
 */
final class ArchiveProgress {

    private static final String HOUR = "hour";
    private static final String MISSING = "missing ";

    /**
     * A place in an hour's file.
     *
     * @param line lines that were read
     * @param at time of the last event there
     */
    record Place(long line, Instant at) {

        static Place beginOf(ArchiveHour hour) {
            return new Place(0, hour.begin());
        }

        private static Place parse(String text) {
            List<String> parts = List.of(text.split(" "));
            return new Place(
                    Long.parseLong(parts.get(0)),
                    Instant.ofEpochMilli(Long.parseLong(parts.get(1))));
        }

        private String text() {
            return line + " " + at.toEpochMilli();
        }
    }

    private final SortedMap<ArchiveHour, Place> missing = new TreeMap<>();
    private ArchiveHour hour;
    private Place place;

    private ArchiveProgress(ArchiveHour hour, Place place) {
        this.hour = hour;
        this.place = place;
    }

    static ArchiveProgress of(ArchiveSpan span, SortedMap<String, String> marks) {
        String text = marks.get(HOUR);
        int space = text == null ? -1 : text.indexOf(' ');
        ArchiveHour hour = text == null ? span.from() : ArchiveHour.parse(text.substring(0, space));
        ArchiveProgress progress =
                new ArchiveProgress(
                        hour,
                        text == null
                                ? Place.beginOf(hour)
                                : Place.parse(text.substring(space + 1)));
        marks.forEach(
                (key, value) -> {
                    if (key.startsWith(MISSING)) {
                        progress.missing.put(
                                ArchiveHour.parse(key.substring(MISSING.length())),
                                Place.parse(value));
                    }
                });
        return progress;
    }

    SortedMap<String, String> marks() {
        SortedMap<String, String> marks = new TreeMap<>();
        marks.put(HOUR, hour + " " + place.text());
        missing.forEach((late, at) -> marks.put(MISSING + late.padded(), at.text()));
        return marks;
    }

    /** The hour whose turn it is. */
    ArchiveHour hour() {
        return hour;
    }

    Place place() {
        return place;
    }

    /** Hours that were passed over, each with how far it was read. */
    SortedMap<ArchiveHour, Place> missing() {
        return new TreeMap<>(missing);
    }

    void reached(ArchiveHour read, Place newPlace) {
        if (read.equals(hour)) {
            place = newPlace;
        } else {
            missing.put(read, newPlace);
        }
    }

    void ended(ArchiveHour read) {
        if (read.equals(hour)) {
            hour = hour.next();
            place = Place.beginOf(hour);
        } else {
            missing.remove(read);
        }
    }

    /** Leaves the hour whose turn it is for later. */
    void passOver() {
        missing.put(hour, place);
        hour = hour.next();
        place = Place.beginOf(hour);
    }
}
