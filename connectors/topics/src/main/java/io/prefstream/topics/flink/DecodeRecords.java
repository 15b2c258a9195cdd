package io.prefstream.topics.flink;

import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Topic;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.UndecodableRecordException;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Decodes a topic's records; one that can't be decoded becomes a {@link DeadLetter} on the side
 * output and the next is read as if it had not been there.
 *
 * <p>A registry that doesn't answer fails the task after bounded retries instead, so that the
 * records are read again from the last checkpoint and none is lost.
 *
 * <p>Metric {@code prefstream.stage.<stage>.topic.<topic>.deadLetters}, since the task started.
 */
public final class DecodeRecords<T extends SpecificRecordBase>
        extends ProcessFunction<KafkaRecord, T> {

    private static final long serialVersionUID = 1L;

    private final Topic<T> topic;
    private final TopicsConnection connection;
    private final String stage;
    private final OutputTag<DeadLetter> deadLetters;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient RecordDecoder<T> decoder;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient Counter deadLetterCount;

    public DecodeRecords(
            Topic<T> topic,
            TopicsConnection connection,
            String stage,
            OutputTag<DeadLetter> deadLetters) {
        this.topic = topic;
        this.connection = connection;
        this.stage = stage;
        this.deadLetters = deadLetters;
    }

    @Override
    public void open(OpenContext context) {
        decoder = RecordDecoder.connect(topic, connection);
        deadLetterCount =
                getRuntimeContext()
                        .getMetricGroup()
                        .addGroup("prefstream")
                        .addGroup("stage", stage)
                        .addGroup("topic", topic.name())
                        .counter("deadLetters");
    }

    @Override
    public void processElement(KafkaRecord record, Context context, Collector<T> out) {
        T decoded;
        try {
            decoded = decoder.deserialize(record.topic(), record.value());
        } catch (UndecodableRecordException e) {
            deadLetterCount.inc();
            context.output(deadLetters, DeadLetters.of(stage, record, e.getMessage()));
            return;
        }
        out.collect(decoded);
    }
}
