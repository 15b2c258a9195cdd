package io.prefstream.trainer.export;

import java.util.Locale;

/** Why a pair that the log holds is not in the data set. The first that applies is counted. */
public enum Omission {
    /** A tombstone took it back. */
    REMOVED,
    /** An opt-out covers its file. */
    OPTED_OUT,
    /** It is on no side of the split that this program knows. */
    UNKNOWN_SPLIT,
    /** It is on a side that was not asked for. */
    OTHER_SPLIT,
    /** It was published before or after the window. */
    OUTSIDE_WINDOW,
    /** It is in a language that was not asked for. */
    OTHER_LANGUAGE,
    /** Its label is less certain than asked. */
    LOW_CONFIDENCE;

    /** In kebab case, as it is printed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
