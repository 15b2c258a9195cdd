package io.prefstream.content;

import java.util.Locale;

/** Why an entry of a publication was skipped. */
public enum FileProblem {
    /** Larger than {@link ContentLimits#maxFileBytes}. */
    TOO_LARGE,
    /** Beyond {@link ContentLimits#maxTotalBytes} of the whole publication. */
    OVER_TOTAL,
    /** Beyond {@link ContentLimits#maxFiles} of the whole publication. */
    TOO_MANY_FILES,
    /** A name that is absolute, leaves the root, or is no name. */
    UNSAFE_PATH,
    /** A second entry of the same name. */
    DUPLICATE_PATH,
    /** A symbolic link. */
    SYMLINK,
    /** A second name of another entry's content. */
    HARD_LINK,
    /** A device, a pipe or another thing that is no file. */
    SPECIAL,
    /** A reference to another repository. */
    SUBMODULE,
    /** A pointer to a file kept in Git LFS. */
    LFS_POINTER,
    /** Damaged, encrypted or compressed by an unknown method. */
    UNREADABLE;

    /** The name in kebab case, as reasons are written in records and metrics. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
