package io.prefstream.feeds.watch;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Runs a reader's looks, one at a time and outside the task's thread. */
interface LookTimer extends AutoCloseable {

    /** How long closing waits for a look that does not heed its interrupt. */
    Duration PATIENCE = Duration.ofSeconds(5);

    void schedule(Duration delay, Runnable look);

    @Override
    void close();

    /** A thread of its own. */
    static LookTimer onThread(String name) {
        ScheduledExecutorService thread =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread made = new Thread(task, name);
                            made.setDaemon(true);
                            return made;
                        });
        return new LookTimer() {
            @Override
            public void schedule(Duration delay, Runnable look) {
                try {
                    var unused = thread.schedule(look, delay.toMillis(), MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    // Closed: nobody waits for this look any more.
                }
            }

            @Override
            public void close() {
                thread.shutdownNow();
                try {
                    // A look that is under way still uses what is closed next.
                    var unused = thread.awaitTermination(PATIENCE.toMillis(), MILLISECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }
}
