package io.prefstream.content;

import io.prefstream.schemas.Publication;

/**
 * Fetches the files of a publication.
 *
 * <p>Implementations may be called by many threads at once; each call blocks for at most its
 * limits' timeout and holds at most {@link ContentLimits#maxTotalBytes} of content. What goes wrong
 * outside is a {@link FetchFailed}, never an exception.
 */
public interface ContentFetcher extends AutoCloseable {

    /** The files of this publication, or why there are none. */
    FetchResult fetch(Publication publication);

    @Override
    void close();
}
