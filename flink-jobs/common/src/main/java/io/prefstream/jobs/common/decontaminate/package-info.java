/**
 * Decontamination: finds parts of benchmarks in code. Knows no Flink, so that whatever accepts or
 * checks code can use it.
 */
@org.jspecify.annotations.NullMarked
package io.prefstream.jobs.common.decontaminate;
