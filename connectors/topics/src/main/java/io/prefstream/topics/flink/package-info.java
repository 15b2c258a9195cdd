/** The ends of a Flink job: {@link io.prefstream.topics.flink.TopicSource} and TopicSink. */
@NullMarked
package io.prefstream.topics.flink;

import org.jspecify.annotations.NullMarked;
