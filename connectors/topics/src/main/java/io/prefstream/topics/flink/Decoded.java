package io.prefstream.topics.flink;

import io.prefstream.schemas.DeadLetter;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * What a topic holds.
 *
 * @param records the records that could be decoded
 * @param deadLetters the others; to be written to the dead-letters topic, or they are lost
 */
public record Decoded<T>(
        SingleOutputStreamOperator<T> records, DataStream<DeadLetter> deadLetters) {}
