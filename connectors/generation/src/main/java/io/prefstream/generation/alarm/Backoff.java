package io.prefstream.generation.alarm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before a try: twice as long each time, of which a random half, so that those who
 * failed together don't come back together.
 *
 * @param first wait
 * @param most wait
 * @param random from 0 to 1
 */
public record Backoff(Duration first, Duration most, DoubleSupplier random) {
    private static final int MOST_DOUBLINGS = 20;

    /**
     * The wait before a retry.
     *
     * @param retry 1 for the first
     */
    public Duration before(int retry) {
        double doubled = first.toNanos() * Math.scalb(1.0, Math.min(retry - 1, MOST_DOUBLINGS));
        double nanos = Math.min(doubled, most.toNanos());
        return Duration.ofNanos((long) (nanos * (0.5 + random.getAsDouble() / 2)));
    }

    /** At most the longest wait. */
    public Duration capped(Duration wait) {
        return wait.compareTo(most) > 0 ? most : wait;
    }

    /**
     * What {@code Retry-After} asks for: seconds or a date (RFC 9110, section 10.2.3). Empty if it
     * is neither; never negative.
     */
    public static Optional<Duration> retryAfter(String header, Instant now) {
        String value = header.strip();
        try {
            if (value.matches("\\d{1,9}(\\.\\d{0,9})?")) {
                return Optional.of(Duration.ofMillis((long) (Double.parseDouble(value) * 1000)));
            }
            Instant at =
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
