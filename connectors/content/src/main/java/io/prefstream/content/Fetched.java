package io.prefstream.content;

import java.util.List;

/**
 * The publication was read. Every entry of the archive or commit that is not a directory is in
 * exactly one of the first two lists.
 *
 * @param files what was read, in the order of the archive or by path
 * @param skipped what was not, and why
 * @param notices licence files and manifests ({@link NoticeFiles}) that stand beside the files or
 *     above them without being entries, as in a commit that didn't change them
 */
public record Fetched(List<SourceFile> files, List<SkippedFile> skipped, List<SourceFile> notices)
        implements FetchResult {

    public Fetched {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
        notices = List.copyOf(notices);
    }

    /** What was read of a publication whose notices are among its files. */
    public Fetched(List<SourceFile> files, List<SkippedFile> skipped) {
        this(files, skipped, List.of());
    }

    /** Entries of the publication: files and skipped files. */
    public int entries() {
        return files.size() + skipped.size();
    }
}
