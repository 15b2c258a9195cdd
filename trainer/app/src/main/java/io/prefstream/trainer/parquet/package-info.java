/**
 * Parquet files without a Hadoop installation: page compression that both writing and reading use.
 */
@NullMarked
package io.prefstream.trainer.parquet;

import org.jspecify.annotations.NullMarked;
