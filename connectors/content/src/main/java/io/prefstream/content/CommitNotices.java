package io.prefstream.content;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The licence files and manifests of a commit's tree that lie in the folders of some files or above
 * them: a commit that changes code rarely changes its licence.
 *
 * <p>Cost: one listing of each such folder, at most {@value #MOST_FOLDERS} of them; at most {@value
 * #MOST_FILES} files of {@value #LARGEST} bytes. What is over that is left out.
 */
final class CommitNotices {

    private static final int MOST_FOLDERS = 500;
    private static final int MOST_FILES = 100;
    private static final int LARGEST = 256 << 10;

    private CommitNotices() {}

    static List<SourceFile> of(RevTree tree, List<SourceFile> files, ObjectReader objects)
            throws IOException {
        Set<String> known = new HashSet<>();
        files.forEach(file -> known.add(file.path()));
        List<SourceFile> notices = new ArrayList<>();
        for (String folder : foldersAbove(known)) {
            try (TreeWalk entries = entries(tree, folder, objects)) {
                while (entries.next() && notices.size() < MOST_FILES) {
                    String path = folder + entries.getPathString();
                    if (entries.getFileMode(0).equals(FileMode.REGULAR_FILE)
                            && NoticeFiles.is(path)
                            && !known.contains(path)
                            && objects.getObjectSize(entries.getObjectId(0), Constants.OBJ_BLOB)
                                    <= LARGEST) {
                        notices.add(
                                new SourceFile(
                                        path,
                                        objects.open(entries.getObjectId(0), Constants.OBJ_BLOB)
                                                .getBytes(LARGEST)));
                    }
                }
            } catch (MissingObjectException e) {
                // A shallow clone may lack what the commit didn't change; it does without.
                return notices;
            }
        }
        return notices;
    }

    /** Folders with their last slash, the root first: what is nearest to the root is kept. */
    private static List<String> foldersAbove(Set<String> paths) {
        Set<String> folders = new TreeSet<>();
        for (String path : paths) {
            folders.add("");
            for (int i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1)) {
                folders.add(path.substring(0, i + 1));
            }
        }
        return folders.stream().limit(MOST_FOLDERS).toList();
    }

    private static TreeWalk entries(RevTree tree, String folder, ObjectReader objects)
            throws IOException {
        TreeWalk walk = new TreeWalk(objects);
        if (folder.isEmpty()) {
            walk.addTree(tree);
            return walk;
        }
        try (TreeWalk way =
                TreeWalk.forPath(objects, folder.substring(0, folder.length() - 1), tree)) {
            if (way != null) {
                walk.addTree(way.getObjectId(0));
            }
        }
        return walk;
    }
}
