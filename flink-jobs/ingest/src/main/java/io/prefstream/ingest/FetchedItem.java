package io.prefstream.ingest;

import io.prefstream.content.CommitChange;
import io.prefstream.content.FetchFailed;
import io.prefstream.content.FetchFailure;
import io.prefstream.content.FetchResult;
import io.prefstream.content.Fetched;
import io.prefstream.content.FileProblem;
import io.prefstream.content.SkippedFile;
import io.prefstream.content.SourceFile;
import io.prefstream.ingest.changes.FileBefore;
import io.prefstream.ingest.filter.FileOptions;
import io.prefstream.ingest.licence.LicenceFinding;
import io.prefstream.ingest.licence.NearbyLicences;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of the things that a fetch gives: a file, a file it skipped, and last that it ended or
 * failed.
 *
 * <p>One record for the four of them, since Flink's record serializer knows no sealed families.
 *
 * @param source the event's source
 * @param kind which of the four
 * @param path the file's path, null for the last item
 * @param bytes the file's content, only for {@link Kind#FILE}
 * @param licence what is said about its licence from outside of it, only for {@link Kind#FILE}
 * @param before how it stood before its commit, only for {@link Kind#FILE}; null where that isn't
 *     known or it is new
 * @param reason why, only for {@link Kind#SKIPPED} and {@link Kind#FAILED}
 * @param detail why, in words
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double the memory
public record FetchedItem(
        SourceRef source,
        Kind kind,
        @Nullable String path,
        byte @Nullable [] bytes,
        @Nullable LicenceFinding licence,
        @Nullable FileBefore before,
        @Nullable IngestReason reason,
        @Nullable String detail) {

    /** What an item says. */
    public enum Kind {
        /** A file with its content. */
        FILE,
        /** A file that wasn't read. */
        SKIPPED,
        /** All items of the event were given. */
        ENDED,
        /** The event could not be fetched; it has no other item. */
        FAILED
    }

    /**
     * The items of a result, in its order; the last one is {@link Kind#ENDED} or {@link
     * Kind#FAILED}.
     */
    public static List<FetchedItem> of(SourceRef source, FetchResult result) {
        return of(source, result, null);
    }

    /**
     * The same with what surrounds the files said about their licences.
     *
     * @param declaredLicence what the publisher's metadata states, in its words
     */
    public static List<FetchedItem> of(
            SourceRef source, FetchResult result, @Nullable String declaredLicence) {
        if (result instanceof FetchFailed failed) {
            return List.of(failed(source, reason(failed.reason()), failed.detail()));
        }
        Fetched fetched = (Fetched) result;
        List<FetchedItem> items = new ArrayList<>(fetched.entries() + 1);
        NearbyLicences licences = new NearbyLicences(fetched, declaredLicence);
        Map<String, FileBefore> before = before(fetched.change(), declaredLicence);
        for (SourceFile file : fetched.files()) {
            items.add(
                    new FetchedItem(
                            source,
                            Kind.FILE,
                            file.path(),
                            file.bytes(),
                            licences.of(file.path()),
                            before.get(file.path()),
                            null,
                            null));
        }
        for (SkippedFile file : fetched.skipped()) {
            items.add(
                    new FetchedItem(
                            source,
                            Kind.SKIPPED,
                            // Entries of one path get names of their own: names become ids.
                            file.reason() == FileProblem.DUPLICATE_PATH
                                    ? file.path() + "~" + items.size()
                                    : file.path(),
                            null,
                            null,
                            null,
                            reason(file.reason()),
                            detail(file)));
        }
        items.add(new FetchedItem(source, Kind.ENDED, null, null, null, null, null, null));
        return items;
    }

    /** The files as they stood before the commit, by their paths. */
    private static Map<String, FileBefore> before(
            @Nullable CommitChange change, @Nullable String declaredLicence) {
        Map<String, FileBefore> before = new HashMap<>();
        if (change != null && !change.before().isEmpty()) {
            NearbyLicences licences =
                    new NearbyLicences(
                            new Fetched(change.before(), List.of(), change.noticesBefore(), null),
                            declaredLicence);
            for (SourceFile file : change.before()) {
                before.put(
                        file.path(),
                        new FileBefore(
                                change.parent(),
                                change.message(),
                                change.changedFiles(),
                                file.bytes(),
                                licences.of(file.path())));
            }
        }
        return before;
    }

    /** The only item of an event that could not be fetched. */
    public static FetchedItem failed(SourceRef source, IngestReason reason, String detail) {
        return new FetchedItem(source, Kind.FAILED, null, null, null, null, reason, detail);
    }

    private static IngestReason reason(FetchFailure failure) {
        return switch (failure) {
            case NOT_FOUND -> IngestReason.NOT_FOUND;
            case NO_SOURCES -> IngestReason.NO_SOURCES;
            case OFFLINE -> IngestReason.OFFLINE;
            case UNREACHABLE -> IngestReason.UNREACHABLE;
            case TIMEOUT, INTERRUPTED -> IngestReason.FETCH_TIMEOUT;
            case TOO_LARGE -> IngestReason.TOO_LARGE;
            case UNREADABLE -> IngestReason.UNREADABLE;
            case UNSUPPORTED -> IngestReason.UNSUPPORTED;
        };
    }

    private static IngestReason reason(FileProblem problem) {
        return switch (problem) {
            case TOO_LARGE -> IngestReason.FILE_TOO_LARGE;
            case OVER_TOTAL, TOO_MANY_FILES -> IngestReason.ARTIFACT_LIMIT;
            case UNSAFE_PATH -> IngestReason.PATH_REFUSED;
            case DUPLICATE_PATH -> IngestReason.DUPLICATE_PATH;
            case SYMLINK, HARD_LINK, SPECIAL, SUBMODULE, LFS_POINTER -> IngestReason.NOT_A_FILE;
            case UNREADABLE -> IngestReason.FILE_UNREADABLE;
        };
    }

    /** What the fetcher says; where it is a limit, with the option that this job sets it by. */
    private static String detail(SkippedFile file) {
        String option =
                switch (file.reason()) {
                    case TOO_LARGE -> FileOptions.MAX_FILE_SIZE.key();
                    case OVER_TOTAL -> FetchOptions.MAX_ARTIFACT_SIZE.key();
                    case TOO_MANY_FILES -> FetchOptions.MAX_ARTIFACT_FILES.key();
                    default -> null;
                };
        String what = file.reason().code() + ": " + file.detail();
        return option == null ? what : what + " (option " + option + ")";
    }
}
