package io.prefstream.ingest.changes;

import io.prefstream.schemas.CommitChange;
import java.util.List;

/**
 * How a file, or a function of it, stood before the commit that changed it; without secrets.
 *
 * @param parent hash of the commit's parent
 * @param message the commit's message without lines that name who signed it
 * @param changedFiles files that the commit added, changed or deleted
 * @param text the text in the parent
 * @param redactions kinds of what was replaced in text and message, one for each replacement
 */
public record EarlierText(
        String parent, String message, int changedFiles, String text, List<String> redactions) {

    /** The same of a function of the file. */
    EarlierText ofFunction(String function, List<String> replaced) {
        return new EarlierText(parent, message, changedFiles, function, replaced);
    }

    /** As it stands on a snippet. */
    public CommitChange change() {
        return CommitChange.newBuilder()
                .setParent(parent)
                .setMessage(message)
                .setChangedFiles(changedFiles)
                .setBefore(text)
                .setRedactions(redactions)
                .build();
    }
}
