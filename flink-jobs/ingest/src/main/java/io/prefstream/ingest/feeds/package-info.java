/** The feeds that the ingest job can run: each with its options and the source they make. */
@NullMarked
package io.prefstream.ingest.feeds;

import org.jspecify.annotations.NullMarked;
