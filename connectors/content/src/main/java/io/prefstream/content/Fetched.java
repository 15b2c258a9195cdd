package io.prefstream.content;

import java.util.List;

/**
 * The publication was read. Every entry of the archive or commit that is not a directory is in
 * exactly one of the lists.
 *
 * @param files what was read, in the order of the archive or by path
 * @param skipped what was not, and why
 */
public record Fetched(List<SourceFile> files, List<SkippedFile> skipped) implements FetchResult {

    public Fetched {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
    }

    /** Entries of the publication: files and skipped files. */
    public int entries() {
        return files.size() + skipped.size();
    }
}
