/**
 * The pipeline's records on Kafka in the Confluent wire format, for programs that know no Flink.
 * Start with {@link io.prefstream.topics.TopicsConnection}; Flink jobs use {@code
 * io.prefstream.topics.flink}.
 */
@NullMarked
package io.prefstream.topics;

import org.jspecify.annotations.NullMarked;
