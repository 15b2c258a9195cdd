package io.prefstream.feeds.github;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.http.HttpFetcher;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.UnreadableParts;
import io.prefstream.feeds.watch.Watcher;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads hours of the archive, a part at each look. A target is an hour, or {@code HOUR..} for it
 * and all that follow.
 *
 * <p>Marks: {@code hour} being read (of a following target), {@code line} up to which it was read,
 * {@code done}. A look that goes on where the last one stopped keeps the file open; after a restart
 * it is opened again and its first lines passed over.
 */
final class GhArchiveWatcher implements Watcher {

    static final String FEED = "gharchive";

    private static final String FOLLOWING = "..";

    /** Lines of a look: some 2,500 events, 1 MB of state. */
    private static final int LINES = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(GhArchiveWatcher.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Settings settings;
    private final HourFiles files;
    private @Nullable Cursor cursor;

    private GhArchiveWatcher(Settings settings) {
        this.settings = settings;
        this.files =
                new HourFiles(
                        settings.archive(),
                        settings.access() == null ? null : HttpFetcher.open(settings.access()));
    }

    /**
     * Where and how to read.
     *
     * @param archive folder, or address without a slash at its end
     * @param access null for a folder
     * @param repositories address of the repositories
     * @param patience time after an hour's end for which a following target waits for its file
     */
    record Settings(
            String archive,
            @Nullable HttpAccess access,
            String repositories,
            Duration patience,
            FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new GhArchiveWatcher(this);
        }
    }

    @Override
    public void check(String target) throws IOException {
        files.check();
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        if (seen.containsKey("done")) {
            return new Look(List.of(), seen);
        }
        boolean follows = target.endsWith(FOLLOWING);
        String first = follows ? target.substring(0, target.length() - 2) : target;
        ArchiveHour hour = ArchiveHour.parse(seen.getOrDefault("hour", first));
        long line = Long.parseLong(seen.getOrDefault("line", "0"));
        try {
            HourReader reader = reader(target, hour, line);
            if (reader == null) {
                return missing(hour, follows, "there is no " + files.address(hour), seen);
            }
            return part(reader, hour, follows);
        } catch (IOException e) {
            forget();
            if (!follows || !isOverdue(hour)) {
                throw e;
            }
            return missing(hour, true, String.valueOf(e.getMessage()), seen);
        }
    }

    @Override
    public void close() {
        try {
            forget();
            files.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Look part(HourReader reader, ArchiveHour hour, boolean follows) throws IOException {
        List<RepoEvent> events = new ArrayList<>();
        List<DeadLetter> unreadable = new ArrayList<>();
        boolean ended = false;
        for (int lines = 0; lines < LINES && !ended; lines++) {
            String text;
            try {
                text = reader.next();
            } catch (IOException e) {
                if (lines == 0) {
                    throw e;
                }
                // What is before the damage is kept; the next look begins at it, and fails.
                LOG.debug("{} is damaged behind line {}", hour, reader.line(), e);
                break;
            }
            ended = text == null;
            if (text != null && !text.isBlank()) {
                read(text, hour, reader.line(), events, unreadable);
            }
        }
        SortedMap<String, String> marks = new TreeMap<>();
        if (!ended) {
            marks.put("line", Long.toString(reader.line()));
            if (follows) {
                marks.put("hour", hour.toString());
            }
            return Look.part(events, marks).without(unreadable);
        }
        forget();
        if (follows) {
            marks.put("hour", hour.next().toString());
            return Look.part(events, marks).without(unreadable);
        }
        marks.put("done", "");
        return new Look(events, marks).without(unreadable);
    }

    private void read(
            String text,
            ArchiveHour hour,
            long line,
            List<RepoEvent> events,
            List<DeadLetter> unreadable) {
        try {
            events.addAll(
                    GithubEvent.of(JSON.readTree(text))
                            .publications(FEED, settings.repositories(), settings.clock().now()));
        } catch (JsonProcessingException e) {
            unreadable.add(
                    UnreadableParts.letter(
                            files.address(hour),
                            line,
                            text,
                            "no JSON: " + e.getOriginalMessage(),
                            hour.begin()));
        } catch (MalformedEventException e) {
            unreadable.add(
                    UnreadableParts.letter(
                            files.address(hour),
                            line,
                            text,
                            String.valueOf(e.getMessage()),
                            hour.begin()));
        }
    }

    /** An hour that is not there: waited for, or given up as a gap. */
    private Look missing(
            ArchiveHour hour, boolean follows, String why, SortedMap<String, String> seen)
            throws IOException {
        if (!follows) {
            throw new IOException(why);
        }
        if (!isOverdue(hour)) {
            return new Look(List.of(), seen);
        }
        SortedMap<String, String> marks = new TreeMap<>();
        marks.put("hour", hour.next().toString());
        RepoEvent gap =
                FeedEvents.gap(
                        FEED,
                        hour.toString(),
                        hour.begin(),
                        hour.end(),
                        why,
                        settings.clock().now());
        return Look.part(List.of(gap), marks);
    }

    private boolean isOverdue(ArchiveHour hour) {
        return settings.clock().now().isAfter(hour.end().plus(settings.patience()));
    }

    private @Nullable HourReader reader(String target, ArchiveHour hour, long line)
            throws IOException {
        Cursor open = cursor;
        if (open != null && open.isAt(target, hour, line)) {
            return open.reader();
        }
        forget();
        Path file = files.file(hour);
        if (file == null) {
            return null;
        }
        HourReader reader = HourReader.open(file, line);
        cursor = new Cursor(target, hour, reader);
        return reader;
    }

    private void forget() throws IOException {
        if (cursor != null) {
            cursor.reader().close();
            cursor = null;
        }
        files.drop();
    }

    /** The file that the last look left open. */
    private record Cursor(String target, ArchiveHour hour, HourReader reader) {
        boolean isAt(String wanted, ArchiveHour wantedHour, long line) {
            return target.equals(wanted) && hour.equals(wantedHour) && reader.line() == line;
        }
    }
}
