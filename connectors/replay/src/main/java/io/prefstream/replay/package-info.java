/**
 * The trainer's materialized view of the pair log: a buffer of tables on RocksDB, and the reader
 * that feeds it.
 *
 * <p>A table is built of the orthogonal parts of DeepMind's Reverb: sampler, remover, capacity,
 * maximum uses, rate limiter; and of what a stream of pairs needs beside them: strata, staleness, a
 * gate before priorities, a table for what leaves. Storage ({@code Store}, {@code TableLayout}),
 * memory ({@code BufferState}, {@code LiveItems}, {@code Table}, {@code Lane}, {@code Selector})
 * and waiting ({@code Turns}) know nothing of each other, but that memory is read from storage when
 * a buffer is opened; {@link io.prefstream.replay.ReplayUpdate} joins them.
 */
@NullMarked
package io.prefstream.replay;

import org.jspecify.annotations.NullMarked;
