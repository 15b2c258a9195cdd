package io.prefstream.content;

import java.util.Locale;

/** Why a publication could not be read. */
public enum FetchFailure {
    /** The repository, version or commit does not exist. */
    NOT_FOUND(false),
    /** The version exists but publishes no source archive. */
    NO_SOURCES(false),
    /** It is not in the local cache and the network is switched off. */
    OFFLINE(false),
    /** The repository did not answer, or not as it should. */
    UNREACHABLE(true),
    /** It took longer than the limit. */
    TIMEOUT(true),
    /** The archive or commit has far more entries than the limit. */
    TOO_LARGE(false),
    /** What came is damaged. */
    UNREADABLE(false),
    /** The kind or the address of the publication is not one that this fetcher knows. */
    UNSUPPORTED(false),
    /** The caller was interrupted, as on shutdown. */
    INTERRUPTED(true);

    private final boolean retryable;

    FetchFailure(boolean retryable) {
        this.retryable = retryable;
    }

    /** Whether the same fetch may succeed later. */
    public boolean retryable() {
        return retryable;
    }

    /** The name in kebab case, as reasons are written in records and metrics. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
