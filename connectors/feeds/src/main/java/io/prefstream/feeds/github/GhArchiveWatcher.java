package io.prefstream.feeds.github;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.http.HttpFetcher;
import io.prefstream.feeds.github.ArchiveProgress.Place;
import io.prefstream.feeds.github.HourFiles.HourFile;
import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.feeds.watch.FeedEvents;
import io.prefstream.feeds.watch.Look;
import io.prefstream.feeds.watch.Watcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads hours of the archive, a part at each look. A target is an {@link ArchiveSpan}, its marks an
 * {@link ArchiveProgress}.
 *
 * <p>An hour that is not there or damaged is passed over and tried again at each later look. With
 * an end to the span, the look fails when nothing but such hours is left, and the reader gives up
 * after its attempts; without one an hour is given up when its patience is over. What was read of a
 * damaged file stays read, the rest is the gap.
 *
 * <p>A look that goes on where the last one stopped keeps the file open; after a restart it is
 * opened again and its first lines passed over.
 */
final class GhArchiveWatcher implements Watcher {

    static final String FEED = "gharchive";

    /** A reader that took over others' splits may have several; each open one is a file on disk. */
    private static final int MAX_OPEN = 4;

    private final Settings settings;
    private final HourFiles files;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();
    private boolean checked;

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
     * @param only repositories as {@code owner/name}, lower case, whose events are taken; none for
     *     all
     * @param delay time after an hour's end before which its file is not asked for
     * @param patience time after an hour's end until which a span without end waits for its file
     */
    record Settings(
            String archive,
            @Nullable HttpAccess access,
            String repositories,
            Set<String> only,
            Duration delay,
            Duration patience,
            FeedClock clock)
            implements Watcher.Factory {
        @Override
        public Watcher open() {
            return new GhArchiveWatcher(this);
        }
    }

    /** The first hour of the first span stands for all: they are in one place. */
    @Override
    public void check(String target) throws IOException {
        if (!checked) {
            checked = true;
            files.check(ArchiveSpan.parse(target).from());
        }
    }

    @Override
    public Look look(String target, SortedMap<String, String> seen) throws IOException {
        ArchiveSpan span = ArchiveSpan.parse(target);
        ArchiveProgress progress = ArchiveProgress.of(span, seen);
        SortedMap<ArchiveHour, Place> late = progress.missing();
        ArchivePart part = new ArchivePart(settings);
        String problem = null;
        boolean ended = false;
        while (isNext(span, progress) && !part.isFull()) {
            String failed = read(target, progress.hour(), progress.place(), progress, part);
            ended |= failed == null;
            if (failed != null && part.lines() > 0) {
                // What is before the damage goes out; the next look begins at it.
                return part.look(progress.marks());
            }
            if (failed != null) {
                problem = failed;
                progress.passOver();
            }
        }
        if (part.isFull()) {
            return part.look(progress.marks());
        }
        String failedAgain = retry(target, span, late, progress, part);
        problem = failedAgain == null ? problem : failedAgain;
        if (span.to() == null || span.contains(progress.hour())) {
            return part.last(progress.marks(), span.to() != null);
        }
        if (progress.missing().isEmpty()) {
            return part.last(progress.marks(), false);
        }
        boolean moved = ended || !part.isEmpty() || progress.missing().size() < late.size();
        if (!moved) {
            throw new IOException(String.valueOf(problem));
        }
        return part.look(progress.marks());
    }

    @Override
    public List<Span> lost(
            String target, SortedMap<String, String> seen, Instant since, Instant now) {
        ArchiveSpan span = ArchiveSpan.parse(target);
        ArchiveProgress progress = ArchiveProgress.of(span, seen);
        List<Span> lost = new ArrayList<>();
        progress.missing().forEach((hour, place) -> lost.add(new Span(place.at(), hour.end())));
        if (span.to() != null && span.contains(progress.hour())) {
            lost.add(new Span(progress.place().at(), span.to().end()));
        }
        return lost;
    }

    @Override
    public void close() {
        try {
            for (String target : List.copyOf(cursors.keySet())) {
                forget(target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            files.close();
        }
    }

    private boolean isNext(ArchiveSpan span, ArchiveProgress progress) {
        Instant due = progress.hour().end().plus(settings.delay());
        return span.contains(progress.hour()) && !settings.clock().now().isBefore(due);
    }

    /**
     * Tries the hours again that were passed over by earlier looks, and gives up those that are
     * overdue where a span has no end.
     *
     * @return what is wrong with the last; null if nothing is
     */
    private @Nullable String retry(
            String target,
            ArchiveSpan span,
            SortedMap<ArchiveHour, Place> late,
            ArchiveProgress progress,
            ArchivePart part)
            throws IOException {
        String problem = null;
        for (Map.Entry<ArchiveHour, Place> missing : late.entrySet()) {
            if (part.isFull()) {
                break;
            }
            ArchiveHour hour = missing.getKey();
            long before = part.lines();
            String failed = read(target, hour, missing.getValue(), progress, part);
            if (failed == null || part.isFull()) {
                continue;
            }
            problem = failed;
            Instant now = settings.clock().now();
            boolean overdue = now.isAfter(hour.end().plus(settings.patience()));
            if (span.to() == null && overdue && part.lines() == before) {
                part.add(
                        FeedEvents.gap(
                                FEED,
                                hour.toString(),
                                missing.getValue().at(),
                                hour.end(),
                                failed,
                                now));
                progress.ended(hour);
            }
        }
        return problem;
    }

    /**
     * Reads an hour, to its end or until the part is full, and says so to the progress.
     *
     * @return what is wrong with the hour's file; null if nothing is
     * @throws IOException if the archive cannot be asked
     */
    private @Nullable String read(
            String target,
            ArchiveHour hour,
            Place place,
            ArchiveProgress progress,
            ArchivePart part)
            throws IOException {
        HourReader reader;
        HourFile file = null;
        try {
            Cursor open = cursors.get(target);
            if (open != null && open.hour().equals(hour) && open.reader().line() == place.line()) {
                reader = open.reader();
            } else {
                forget(target);
                file = fileOf(hour, part);
                if (file == null) {
                    return "there is no " + files.address(hour);
                }
                reader = HourReader.open(file, place.line());
                keep(target, new Cursor(hour, reader));
            }
        } catch (IOException e) {
            if (file == null) {
                throw e;
            }
            return files.address(hour) + " is damaged: " + ArchivePart.inWords(e);
        }
        ArchivePart.Reading reading = part.read(reader, files.address(hour), hour, place.at());
        if (reading.ended()) {
            progress.ended(hour);
            forget(target);
        } else {
            progress.reached(hour, new Place(reader.line(), reading.at()));
        }
        if (reading.damage() == null) {
            return null;
        }
        forget(target);
        return "%s is damaged behind line %d: %s"
                .formatted(files.address(hour), reader.line(), reading.damage());
    }

    /** What was read before goes out first when the archive cannot be asked any more. */
    private @Nullable HourFile fileOf(ArchiveHour hour, ArchivePart part) throws IOException {
        try {
            return files.file(hour);
        } catch (IOException e) {
            if (part.isEmpty()) {
                throw e;
            }
            part.fill();
            return null;
        }
    }

    private void keep(String target, Cursor cursor) throws IOException {
        cursors.put(target, cursor);
        if (cursors.size() > MAX_OPEN) {
            forget(cursors.keySet().iterator().next());
        }
    }

    private void forget(String target) throws IOException {
        Cursor cursor = cursors.remove(target);
        if (cursor != null) {
            cursor.reader().close();
        }
    }

    /** The file that the last look left open. */
    private record Cursor(ArchiveHour hour, HourReader reader) {}
}
