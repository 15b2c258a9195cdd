package io.prefstream.feeds.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Looks happen when the test says so. */
final class ManualTimer implements LookTimer {

    final List<Duration> delays = new ArrayList<>();
    private final Deque<Runnable> looks = new ArrayDeque<>();
    boolean closed;

    @Override
    public void schedule(Duration delay, Runnable look) {
        delays.add(delay);
        looks.add(look);
    }

    /** Makes the looks that are due by now, but not those that they lead to. */
    void elapse() {
        for (int due = looks.size(); due > 0; due--) {
            looks.remove().run();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
