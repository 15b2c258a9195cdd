/** What makes a file worth ingesting: decisions only, no Flink operators. */
@NullMarked
package io.prefstream.ingest.filter;

import org.jspecify.annotations.NullMarked;
