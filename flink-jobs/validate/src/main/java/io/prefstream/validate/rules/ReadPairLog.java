package io.prefstream.validate.rules;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.UndecodableRecordException;
import io.prefstream.topics.flink.KafkaRecord;
import io.prefstream.validate.rules.Statement.Kind;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pair log says, in its order. A record that can't be read says nothing; whoever trains on
 * the log writes its dead letter.
 */
public final class ReadPairLog extends ProcessFunction<KafkaRecord, Statement> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(ReadPairLog.class);

    private final int rulesVersion;
    private final TopicsConnection connection;

    @SuppressWarnings("NullAway.Init") // in open()
    private transient RecordDecoder<PreferencePair> decoder;

    /**
     * @param rulesVersion lower ones are told from it
     */
    public ReadPairLog(int rulesVersion, TopicsConnection connection) {
        this.rulesVersion = rulesVersion;
        this.connection = connection;
    }

    @Override
    public void open(OpenContext context) {
        decoder = RecordDecoder.connect(Topics.PREFERENCE_PAIRS, connection);
    }

    @Override
    public void processElement(KafkaRecord record, Context context, Collector<Statement> out) {
        if (record.value() == null) {
            if (record.key() != null) {
                String id = new String(record.key(), StandardCharsets.UTF_8);
                out.collect(new Statement(id, Kind.LOGGED, null));
            }
            return;
        }
        try {
            PreferencePair pair = decoder.deserialize(record.topic(), record.value());
            boolean lower = RulesVersion.of(pair) < rulesVersion;
            out.collect(
                    new Statement(pair.getId(), lower ? Kind.LOGGED_BY_LOWER : Kind.LOGGED, null));
        } catch (UndecodableRecordException e) {
            LOG.warn("{} of the pair log is passed over: {}", record, e.getMessage());
        }
    }
}
