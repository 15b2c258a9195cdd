package io.prefstream.ingest.changes;

import io.prefstream.ingest.licence.LicenceFinding;
import org.jspecify.annotations.Nullable;

/**
 * How a file stood before the commit that changed it, as it was fetched.
 *
 * @param parent hash of the commit's parent
 * @param message the commit's message
 * @param changedFiles files that the commit added, changed or deleted
 * @param bytes the file's content in the parent; read-only
 * @param licence what was said about its licence from outside of it in the parent, null where
 *     nothing was
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy would double the memory
public record FileBefore(
        String parent,
        String message,
        int changedFiles,
        byte[] bytes,
        @Nullable LicenceFinding licence) {}
