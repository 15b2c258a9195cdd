/** How the functions that a commit changed stood before it, and which of them may be told of. */
@NullMarked
package io.prefstream.ingest.changes;

import org.jspecify.annotations.NullMarked;
