/** The ingest job: repo-events to code-snippets. */
@NullMarked
package io.prefstream.ingest;

import org.jspecify.annotations.NullMarked;
