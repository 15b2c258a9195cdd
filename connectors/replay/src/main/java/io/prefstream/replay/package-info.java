/**
 * The trainer's materialized view of the pair log: a table on RocksDB, its rate limiter, and the
 * reader that feeds it.
 *
 * <p>Built of the orthogonal parts of DeepMind's Reverb: sampler, capacity, maximum uses, rate
 * limiter.
 */
@NullMarked
package io.prefstream.replay;

import org.jspecify.annotations.NullMarked;
