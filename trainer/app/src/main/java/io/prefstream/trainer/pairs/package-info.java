/**
 * Files of preference pairs and of benchmarks, read strictly: whatever is wrong is said with file,
 * row and column.
 */
@NullMarked
package io.prefstream.trainer.pairs;

import org.jspecify.annotations.NullMarked;
