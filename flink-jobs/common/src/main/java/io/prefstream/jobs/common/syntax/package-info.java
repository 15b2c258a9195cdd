/**
 * Source code as syntax trees: languages, parsing, and cutting files into functions.
 *
 * <p>Knows no Flink. All positions are offsets in Java chars, whatever encoding the parser works
 * in.
 */
@NullMarked
package io.prefstream.jobs.common.syntax;

import org.jspecify.annotations.NullMarked;
