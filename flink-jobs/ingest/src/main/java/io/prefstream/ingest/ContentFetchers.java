package io.prefstream.ingest;

import io.prefstream.content.ContentFetcher;
import java.io.Serializable;

/** Opens the fetcher of one subtask, on the machine where it runs. */
@FunctionalInterface
public interface ContentFetchers extends Serializable {

    /** A fetcher that may be called by several threads; the caller closes it. */
    ContentFetcher open() throws Exception;
}
