/**
 * Under which licence a file stands: by its header, the nearest licence file, or the package's
 * metadata. Knows no Flink but its options.
 */
@NullMarked
package io.prefstream.ingest.licence;

import org.jspecify.annotations.NullMarked;
