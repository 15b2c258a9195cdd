package io.prefstream.content;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * How the files that a commit changed stood in its parent. They are read when all files of the
 * commit are, from what those have left of the limits: what doesn't fit, or can't be read, is left
 * out, and the commit's own files are what they would be without it.
 */
final class ParentFiles {

    private static final int LONGEST_MESSAGE = 4_096;

    private final RevCommit commit;
    private final RevCommit parent;

    /** Their blobs in the parent by path. */
    private final Map<String, ObjectId> blobs = new HashMap<>();

    private int changedFiles;

    ParentFiles(RevCommit commit, RevCommit parent) {
        this.commit = commit;
        this.parent = parent;
    }

    /**
     * Takes a note of a difference.
     *
     * @param difference at an entry of two trees, the commit's and the parent's
     */
    void note(TreeWalk difference) {
        changedFiles++;
        if (isFile(difference.getFileMode(0))
                && isFile(difference.getFileMode(1))
                && !difference.idEqual(0, 1)) {
            blobs.put(difference.getPathString(), difference.getObjectId(1));
        }
    }

    private static boolean isFile(FileMode mode) {
        return mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
    }

    /**
     * What the commit changed.
     *
     * @param files what was read of the commit
     */
    CommitChange change(List<SourceFile> files, ObjectReader objects, FileCollector collector)
            throws IOException, FetchException {
        List<SourceFile> before = new ArrayList<>();
        for (SourceFile file : files) {
            ObjectId blob = blobs.get(file.path());
            if (blob != null) {
                collector
                        .beside(() -> objects.open(blob, Constants.OBJ_BLOB))
                        .ifPresent(bytes -> before.add(new SourceFile(file.path(), bytes)));
            }
        }
        return new CommitChange(
                parent.name(),
                cut(commit.getFullMessage()),
                changedFiles,
                before,
                CommitNotices.of(parent.getTree(), before, objects));
    }

    /** Between words, so that no secret is cut in two and looks like none. */
    private static String cut(String message) {
        if (message.length() <= LONGEST_MESSAGE) {
            return message;
        }
        int end = LONGEST_MESSAGE;
        while (end > 0 && !Character.isWhitespace(message.charAt(end))) {
            end--;
        }
        return message.substring(0, end);
    }
}
