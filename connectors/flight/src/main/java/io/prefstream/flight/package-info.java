/** Replay tables over Arrow Flight: trainers elsewhere draw batches of pairs as record batches. */
@NullMarked
package io.prefstream.flight;

import org.jspecify.annotations.NullMarked;
