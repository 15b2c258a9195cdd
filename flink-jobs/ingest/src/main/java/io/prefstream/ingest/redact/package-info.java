/**
 * Replaces secrets and personal data in code by placeholders, in one pass and linear time. Knows no
 * Flink but its options.
 */
@NullMarked
package io.prefstream.ingest.redact;

import org.jspecify.annotations.NullMarked;
