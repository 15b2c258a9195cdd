package io.prefstream.ingest;

import io.prefstream.jobs.common.Reason;
import java.util.Locale;

/** Why ingest drops an event, a file or a snippet. The code is the name in kebab case. */
public enum IngestReason implements Reason {
    // Unit event.
    /** The feed says that it lost events; there is nothing to fetch. */
    FEED_GAP,
    /** Another feed, or the same one earlier, told of the same revision. */
    DUPLICATE_EVENT,
    /** What the event points to doesn't exist (any more). */
    NOT_FOUND,
    /** The artifact was published without sources. */
    NO_SOURCES,
    /** It isn't cached here, and the network is switched off. */
    OFFLINE,
    /** The place it can be fetched from didn't answer, or not as it should, retries included. */
    UNREACHABLE,
    /** Fetching took longer than allowed, retries included. */
    FETCH_TIMEOUT,
    /** The artifact or commit has far more entries than allowed. */
    TOO_LARGE,
    /** What was fetched is damaged. */
    UNREADABLE,
    /** The kind or the address of the publication is not one that can be fetched. */
    UNSUPPORTED,

    // Unit file.
    /** Its path leads out of the archive or repository, or is no path. */
    PATH_REFUSED,
    /** The archive has an earlier entry of the same path. */
    DUPLICATE_PATH,
    /** A symbolic link, a submodule or a pointer to large-file storage. */
    NOT_A_FILE,
    /** The bytes or the number of files of the whole artifact were used up before it. */
    ARTIFACT_LIMIT,
    /** This one file is damaged. */
    FILE_UNREADABLE,
    /** No grammar for its file name, or the language is switched off. */
    LANGUAGE_NOT_SUPPORTED,
    /** Its folder or name says that it is a copy of another project's. */
    VENDORED,
    /** Its folder says that tests read it. */
    TEST_DATA,
    /** More bytes than allowed. */
    FILE_TOO_LARGE,
    /** Nothing but white space in it. */
    EMPTY,
    /** It holds NUL bytes. */
    BINARY,
    /** It is no valid UTF-8. */
    NOT_UTF8,
    /** A line is longer than people write them. */
    LINE_TOO_LONG,
    /** Lines are on average longer than people write them. */
    MEAN_LINE_TOO_LONG,
    /** Hardly any white space, or a name that says so. */
    MINIFIED,
    /** Mostly neither letters nor digits: data, not code. */
    LOW_ALPHANUMERIC,
    /** It says itself that a program wrote it. */
    GENERATED,
    /** It is under a licence that isn't on the list of those allowed. */
    LICENCE_NOT_ALLOWED,
    /** Nothing says under which licence it is. */
    LICENCE_UNKNOWN,
    /** The same text was ingested before. */
    EXACT_DUPLICATE,
    /** Its grammar finds errors in it. */
    UNPARSEABLE,
    /** Hardly any comments. */
    COMMENTS_TOO_FEW,
    /** Hardly anything but comments. */
    COMMENTS_TOO_MANY,
    /** Nothing of the kinds that are wanted, such as a function with a body. */
    NOTHING_TO_CUT,

    // Unit snippet.
    /** Its grammar finds errors in this part of a file that is otherwise taken. */
    SNIPPET_UNPARSEABLE,
    /** Fewer lines than are worth describing. */
    TOO_SHORT,
    /** More characters than a model can take. */
    TOO_LONG,
    /** The same code was ingested before. */
    DUPLICATE_SNIPPET,
    /** Nearly the same was ingested before. */
    NEAR_DUPLICATE,
    /** It holds a part of a benchmark that models are measured with. */
    CONTAMINATED;

    private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

    @Override
    public String code() {
        return code;
    }
}
