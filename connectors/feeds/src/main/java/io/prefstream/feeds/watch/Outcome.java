package io.prefstream.feeds.watch;

import java.io.IOException;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What a look came to; exactly one of the last three is there. */
record Outcome(
        String target,
        @Nullable Look look,
        @Nullable IOException failure,
        @Nullable Throwable crash) {

    /** Looks, here and now. */
    static Outcome of(Watcher watcher, String target, SortedMap<String, String> seen) {
        try {
            return new Outcome(target, watcher.look(target, seen), null, null);
        } catch (IOException e) {
            return new Outcome(target, null, e, null);
        } catch (RuntimeException | Error e) {
            return new Outcome(target, null, null, e);
        }
    }
}
