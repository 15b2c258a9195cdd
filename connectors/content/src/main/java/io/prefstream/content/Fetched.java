package io.prefstream.content;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The publication was read. Every entry of the archive or commit that is not a directory is in
 * exactly one of the first two lists.
 *
 * @param files what was read, in the order of the archive or by path
 * @param skipped what was not, and why
 * @param notices licence files and manifests ({@link NoticeFiles}) that stand beside the files or
 *     above them without being entries, as in a commit that didn't change them
 * @param change what is known of how the files stood before; null where they have no before, as in
 *     an archive, a snapshot, and a commit without a parent or with several
 */
public record Fetched(
        List<SourceFile> files,
        List<SkippedFile> skipped,
        List<SourceFile> notices,
        @Nullable CommitChange change)
        implements FetchResult {

    public Fetched {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
        notices = List.copyOf(notices);
    }

    /** What was read of a publication whose notices are among its files. */
    public Fetched(List<SourceFile> files, List<SkippedFile> skipped) {
        this(files, skipped, List.of(), null);
    }

    /** Entries of the publication: files and skipped files. */
    public int entries() {
        return files.size() + skipped.size();
    }
}
