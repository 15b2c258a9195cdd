package io.prefstream.trainer;

/**
 * Events of one name, so far.
 *
 * @param lastMillis when there was one last, in milliseconds since 1970; 0 if never
 */
record EventTally(long count, long lastMillis) {

    static final EventTally NONE = new EventTally(0, 0);

    EventTally plus(long nowMillis) {
        return new EventTally(count + 1, nowMillis);
    }
}
