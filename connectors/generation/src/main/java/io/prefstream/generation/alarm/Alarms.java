package io.prefstream.generation.alarm;

import java.time.Duration;

/** Later. What is done then must be short: it may hold up other alarms. */
public interface Alarms extends AutoCloseable {

    /** An alarm that can be called off. */
    @FunctionalInterface
    interface Alarm {
        void cancel();
    }

    Alarm after(Duration delay, Runnable task);

    @Override
    void close();
}
