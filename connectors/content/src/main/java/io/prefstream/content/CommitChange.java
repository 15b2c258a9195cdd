package io.prefstream.content;

import java.util.List;

/**
 * What a commit changed, seen from its only parent.
 *
 * @param parent the parent's hash
 * @param message the commit's message as it was written
 * @param changedFiles entries that the commit added, changed or deleted
 * @param before files that it changed, under the same paths, as they are in the parent
 * @param noticesBefore licence files and manifests that stand beside those or above them in the
 *     parent and aren't among them
 */
public record CommitChange(
        String parent,
        String message,
        int changedFiles,
        List<SourceFile> before,
        List<SourceFile> noticesBefore) {

    public CommitChange {
        before = List.copyOf(before);
        noticesBefore = List.copyOf(noticesBefore);
    }
}
