package io.prefstream.jobs.common.syntax;

import org.jspecify.annotations.Nullable;

/** What a node is by its place in the grammar: its kind, its role, and what it stands in. */
public interface Placed {

    /** The grammar's name of it, such as {@code if_statement}. */
    String kind();

    /** Its role in its parent, such as {@code condition}; null where the grammar gives none. */
    @Nullable String field();

    /** What it stands in; null for the root. */
    @Nullable Placed parent();
}
