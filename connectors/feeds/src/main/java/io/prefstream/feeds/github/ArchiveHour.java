package io.prefstream.feeds.github;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An hour of the archive, as its files are called: {@code 2026-01-31-7}, UTC, no leading zero. */
public record ArchiveHour(Instant begin) implements Comparable<ArchiveHour> {

    private static final Pattern FORM = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})-(\\d{1,2})");

    /**
     * Reads an hour's name.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ArchiveHour parse(String text) {
        Matcher matcher = FORM.matcher(text);
        try {
            if (matcher.matches()) {
                LocalDateTime at =
                        LocalDate.parse(matcher.group(1))
                                .atTime(Integer.parseInt(matcher.group(2)), 0);
                return new ArchiveHour(at.toInstant(ZoneOffset.UTC));
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(message(text), e);
        }
        throw new IllegalArgumentException(message(text));
    }

    public ArchiveHour next() {
        return plus(1);
    }

    ArchiveHour plus(long hours) {
        return new ArchiveHour(begin.plus(Duration.ofHours(hours)));
    }

    /** The name with a leading zero, so that the order of names is that of time. */
    String padded() {
        LocalDateTime at = LocalDateTime.ofInstant(begin, ZoneOffset.UTC);
        return "%s-%02d".formatted(at.toLocalDate(), at.getHour());
    }

    Instant end() {
        return begin.plus(Duration.ofHours(1));
    }

    @Override
    public int compareTo(ArchiveHour other) {
        return begin.compareTo(other.begin);
    }

    @Override
    public String toString() {
        LocalDateTime at = LocalDateTime.ofInstant(begin, ZoneOffset.UTC);
        return at.toLocalDate() + "-" + at.getHour();
    }

    private static String message(String text) {
        return "an hour of the archive looks like 2026-01-31-7 (UTC), got '%s'".formatted(text);
    }
}
