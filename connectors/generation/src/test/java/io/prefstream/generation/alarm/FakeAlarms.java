package io.prefstream.generation.alarm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Alarms without time: those of an hour or more are held until a test lets them go off, all others
 * go off at once. Remembers the delays of the latter.
 */
public final class FakeAlarms implements Alarms {
    public static final Duration HELD = Duration.ofHours(1);

    private final List<Runnable> held = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();

    @Override
    public Alarm after(Duration delay, Runnable task) {
        synchronized (this) {
            if (delay.compareTo(HELD) >= 0) {
                held.add(task);
                return () -> cancel(task);
            }
            delays.add(delay);
        }
        task.run();
        return () -> {};
    }

    /** Delays of what went off at once, in order. */
    public synchronized List<Duration> delays() {
        return List.copyOf(delays);
    }

    /** Returns once all that are held have been called off. */
    public synchronized void awaitNoneHeld() throws InterruptedException {
        while (!held.isEmpty()) {
            wait();
        }
    }

    public void goOff() {
        List<Runnable> due;
        synchronized (this) {
            due = List.copyOf(held);
            held.clear();
        }
        due.forEach(Runnable::run);
    }

    @Override
    public void close() {}

    private synchronized void cancel(Runnable task) {
        held.remove(task);
        notifyAll();
    }
}
