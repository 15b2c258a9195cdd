package io.prefstream.ingest.feeds;

import io.prefstream.feeds.watch.FeedClock;
import io.prefstream.jobs.common.JobOptions;
import io.prefstream.jobs.common.UsageException;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.TopicSource;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * Software Heritage's journal as a feed.
 *
 * <pre>
 *   origin_visit_status ─┐
 *                        ├─► read journal ─► by snapshot: join visits ─► events
 *   snapshot ────────────┘        └─► dead letters
 * </pre>
 *
 * <p>The archive writes a snapshot once, when it is new. So a visit that found nothing new waits in
 * vain for one and is forgotten after the expiry: only what changed becomes an event.
 */
final class SwhFeed {

    static final ConfigOption<String> BOOTSTRAP_SERVERS =
            ConfigOptions.key("ingest.swh.bootstrap-servers")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Kafka brokers of Software Heritage's journal, as"
                                    + " host:port,host:port.");

    static final ConfigOption<String> CLIENT_PROPERTIES_FILE =
            ConfigOptions.key("ingest.swh.client-properties-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Properties file of the journal's Kafka client: the credentials that"
                                    + " the archive gives (security.protocol, sasl.mechanism,"
                                    + " sasl.jaas.config).");

    static final ConfigOption<String> GROUP_ID =
            ConfigOptions.key("ingest.swh.group-id")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Consumer group of the journal's client; with credentials of the"
                                    + " archive it begins with the user's name.");

    static final ConfigOption<String> TOPIC_PREFIX =
            ConfigOptions.key("ingest.swh.topic-prefix")
                    .stringType()
                    .defaultValue("swh.journal.objects")
                    .withDescription("Begin of the journal's topic names.");

    static final ConfigOption<Boolean> FROM_EARLIEST =
            ConfigOptions.key("ingest.swh.from-earliest")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether a first start reads all that the journal holds instead of what"
                                    + " comes from now on.");

    static final ConfigOption<Duration> JOIN_EXPIRY =
            ConfigOptions.key("ingest.swh.join-expiry")
                    .durationType()
                    .defaultValue(Duration.ofDays(3))
                    .withDescription("How long a visit and a new snapshot wait for each other.");

    private SwhFeed() {}

    static List<ConfigOption<?>> options() {
        return List.of(
                BOOTSTRAP_SERVERS,
                CLIENT_PROPERTIES_FILE,
                GROUP_ID,
                TOPIC_PREFIX,
                FROM_EARLIEST,
                JOIN_EXPIRY);
    }

    static FeedStreams read(StreamExecutionEnvironment env, Configuration config) {
        String prefix = config.get(TOPIC_PREFIX);
        Duration expiry = JobOptions.positive(config, JOIN_EXPIRY);
        OutputTag<DeadLetter> unreadable =
                new OutputTag<>("swh-dead-letters", AvroType.forRecord(DeadLetter.class));
        SingleOutputStreamOperator<JournalEntry> entries =
                TopicSource.readRaw(
                                env,
                                List.of(
                                        prefix + ReadJournal.VISITS,
                                        prefix + ReadJournal.SNAPSHOTS),
                                client(config),
                                config.get(FROM_EARLIEST)
                                        ? OffsetsInitializer.earliest()
                                        : OffsetsInitializer.latest(),
                                config.get(FeedOptions.FEED_BOUNDED),
                                Feed.SWH.uid())
                        .process(new ReadJournal(unreadable))
                        .name("ingest.read-swh-journal")
                        .uid("ingest.read-swh-journal");
        SingleOutputStreamOperator<RepoEvent> events =
                entries.keyBy(JournalEntry::snapshot)
                        .process(
                                new JoinVisits(expiry, FeedClock.SYSTEM),
                                AvroType.forRecord(RepoEvent.class))
                        .name("ingest.join-swh-visits")
                        .uid("ingest.join-swh-visits");
        return new FeedStreams(events, List.of(entries.getSideOutput(unreadable)));
    }

    /** Whether the credentials can be read; the brokers are asked by the job itself. */
    static List<String> check(Configuration config) {
        client(config);
        return List.of();
    }

    private static Properties client(Configuration config) {
        Properties properties = new Properties();
        String file = config.getOptional(CLIENT_PROPERTIES_FILE).orElse(null);
        if (file != null) {
            try (Reader in = Files.newBufferedReader(Path.of(file))) {
                properties.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException(
                        "option --%s=%s cannot be read: %s"
                                .formatted(CLIENT_PROPERTIES_FILE.key(), file, e.getMessage()));
            }
        }
        properties.setProperty("bootstrap.servers", JobOptions.required(config, BOOTSTRAP_SERVERS));
        properties.setProperty("group.id", JobOptions.required(config, GROUP_ID));
        return properties;
    }
}
