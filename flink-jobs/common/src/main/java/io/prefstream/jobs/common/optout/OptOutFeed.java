package io.prefstream.jobs.common.optout;

import io.prefstream.jobs.common.TopicsOptions;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Decoded;
import io.prefstream.topics.flink.TopicSource;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The opt-outs of a job: those that are there when a task starts, read before its first record, and
 * those that come later, broadcast. So neither a start nor a restart lets anything through that was
 * opted out before it, and no task needs to keep them in its state.
 *
 * @param known reads those that are there
 * @param later all of them, as they come
 * @param deadLetters what could not be read
 */
public record OptOutFeed(
        Known known, DataStream<OptOut> later, DataStream<DeadLetter> deadLetters) {

    /** The topic's content when a task starts. */
    @FunctionalInterface
    public interface Known extends Serializable {
        /** All of it. */
        List<OptOut> read();
    }

    /** Broadcasting asks for a state, which stays empty. */
    private static final MapStateDescriptor<String, OptOut> UNUSED =
            new MapStateDescriptor<>("opt-outs", Types.STRING, AvroType.forRecord(OptOut.class));

    /**
     * The topic's. Uids are {@code <stage>.read-opt-outs} and {@code <stage>.decode-opt-outs}.
     *
     * @throws io.prefstream.jobs.common.UsageException if the options don't say where it is
     */
    public static OptOutFeed ofTopic(
            StreamExecutionEnvironment env, Configuration config, String stage) {
        TopicsConnection connection = TopicsOptions.connection(config);
        Decoded<OptOut> decoded =
                TopicSource.read(
                        env,
                        Topics.OPT_OUTS,
                        connection,
                        stage,
                        TopicsOptions.groupId(config, stage));
        return new OptOutFeed(
                () -> TopicReader.readAll(Topics.OPT_OUTS, connection),
                decoded.records(),
                decoded.deadLetters());
    }

    /** For all tasks of an operator. */
    public BroadcastStream<OptOut> broadcast() {
        return later.broadcast(UNUSED);
    }
}
