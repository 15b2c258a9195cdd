package io.prefstream.content.git;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The commits that watched branches point to.
 *
 * @param commitByBranch short branch name to commit; branches that do not exist are left out, and
 *     so the map of an empty repository is empty
 */
public record GitHeads(SortedMap<String, ObjectId> commitByBranch) {

    public GitHeads(Map<String, ObjectId> commitByBranch) {
        this(Collections.unmodifiableSortedMap(new TreeMap<>(commitByBranch)));
    }
}
