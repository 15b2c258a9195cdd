package io.prefstream.local;

import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RepoEvent;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Topic;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.SchemaRegistryException;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.topics.UndecodableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads every topic from its beginning and counts what committed records say. The pipeline doesn't
 * count for itself here: this is what any reader of the topics would find.
 *
 * <p>Cost: one thread; decodes each record once.
 */
public final class TopicCensus implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final int rulesVersion;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Counter<?>> counters = new HashMap<>();
    private final Map<String, Long> counts = new ConcurrentHashMap<>();
    private final SortedMap<String, Long> pairsByStrategy = new TreeMap<>();
    private final SortedMap<TopicCounts.RejectionKind, Long> rejections = new TreeMap<>();
    private final SortedMap<String, Long> deadLetters = new TreeMap<>();
    private final SortedMap<String, Long> records = new TreeMap<>();
    private final List<CheckpointPublished> checkpoints = new ArrayList<>();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final Thread reader;
    private volatile boolean closing;
    private long caughtUpReads;

    private record Counter<T extends SpecificRecord>(
            RecordDecoder<T> decoder, java.util.function.Consumer<T> count) {
        void count(ConsumerRecord<byte[], byte[]> record) {
            count.accept(decoder.deserialize(record.topic(), record.value()));
        }
    }

    private TopicCensus(TopicsConnection connection, int rulesVersion) {
        this.rulesVersion = rulesVersion;
        Properties properties = connection.clientProperties();
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("fetch.max.bytes", "8388608");
        properties.put("max.partition.fetch.bytes", "1048576");
        consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        count(Topics.REPO_EVENTS, connection, this::event);
        count(Topics.CODE_SNIPPETS, connection, snippet -> {});
        count(Topics.CANDIDATE_PAIRS, connection, candidate -> {});
        count(Topics.PREFERENCE_PAIRS, connection, this::pair);
        count(Topics.REJECTIONS, connection, this::rejection);
        count(Topics.DEAD_LETTERS, connection, this::deadLetter);
        count(Topics.CHECKPOINTS, connection, checkpoints::add);
        reader = new Thread(this::read, "topic-census");
        reader.setDaemon(true);
    }

    /** Begins to count, pairs and their rejections by the first rules. */
    public static TopicCensus start(TopicsConnection connection) {
        return start(connection, RulesVersion.FIRST);
    }

    /**
     * Begins to count.
     *
     * @param rulesVersion the rules whose pairs and rejections count: what others say of the same
     *     candidates would be counted twice
     */
    public static TopicCensus start(TopicsConnection connection, int rulesVersion) {
        TopicCensus census = new TopicCensus(connection, rulesVersion);
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : census.counters.keySet()) {
            census.consumer
                    .partitionsFor(topic)
                    .forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        }
        census.consumer.assign(partitions);
        census.consumer.seekToBeginning(partitions);
        census.reader.start();
        return census;
    }

    /** What was counted so far. */
    public synchronized TopicCounts counts() {
        RuntimeException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return new TopicCounts(
                counts.getOrDefault("events", 0L),
                counts.getOrDefault("gaps", 0L),
                counts.getOrDefault(Topics.CODE_SNIPPETS.name(), 0L),
                counts.getOrDefault(Topics.CANDIDATE_PAIRS.name(), 0L),
                counts.getOrDefault("pairs", 0L),
                counts.getOrDefault("holdout", 0L),
                new TreeMap<>(pairsByStrategy),
                new TreeMap<>(rejections),
                new TreeMap<>(deadLetters),
                new TreeMap<>(records),
                List.copyOf(checkpoints));
    }

    /**
     * Waits until everything that was committed before this call is counted.
     *
     * @return false if that took longer than the limit
     */
    public boolean awaitCaughtUp(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (this) {
            // The read under way may have asked for the log's end before this call: take the next.
            long wanted = caughtUpReads + 2;
            while (caughtUpReads < wanted && reader.isAlive()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                wait(Math.max(1, Math.min(500, left / 1_000_000)));
            }
            return caughtUpReads >= wanted;
        }
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            reader.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T extends SpecificRecord> void count(
            Topic<T> topic, TopicsConnection connection, java.util.function.Consumer<T> count) {
        counters.put(topic.name(), new Counter<>(RecordDecoder.connect(topic, connection), count));
    }

    private void read() {
        try (consumer) {
            while (!closing) {
                ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
                take(polled);
                if (polled.isEmpty()) {
                    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
                    boolean atEnd =
                            ends.entrySet().stream()
                                    .allMatch(
                                            end ->
                                                    consumer.position(end.getKey())
                                                            >= end.getValue());
                    if (atEnd) {
                        caughtUp();
                    }
                }
            }
        } catch (WakeupException e) {
            // Closing.
        } catch (RuntimeException e) {
            if (!closing) {
                failure.set(e);
            }
        }
    }

    private synchronized void caughtUp() {
        caughtUpReads++;
        notifyAll();
    }

    private synchronized void take(ConsumerRecords<byte[], byte[]> polled) {
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            Counter<?> counter = counters.get(record.topic());
            if (counter == null) {
                continue;
            }
            records.merge(record.topic(), 1L, Long::sum);
            try {
                counter.count(record);
                counts.merge(record.topic(), 1L, Long::sum);
            } catch (UndecodableRecordException e) {
                // The stage that reads it writes a dead letter, which is counted.
            } catch (SchemaRegistryException e) {
                throw new IllegalStateException(
                        "the census cannot ask the schema registry: " + Failures.oneLine(e), e);
            }
        }
    }

    private void event(RepoEvent event) {
        counts.merge(event.getBody() instanceof FeedGap ? "gaps" : "events", 1L, Long::sum);
    }

    private void pair(PreferencePair pair) {
        if (RulesVersion.of(pair) != rulesVersion) {
            return;
        }
        counts.merge("pairs", 1L, Long::sum);
        CandidatePair candidate = pair.getCandidate();
        pairsByStrategy.merge(candidate.getStrategy(), 1L, Long::sum);
        if (pair.getSplit() == io.prefstream.schemas.Split.HOLDOUT) {
            counts.merge("holdout", 1L, Long::sum);
        }
    }

    private void rejection(Rejection rejection) {
        // 0 is of a stage without rules, or from before there were any.
        int rules = rejection.getRulesVersion();
        if (rules != rulesVersion && rules != 0) {
            return;
        }
        rejections.merge(
                new TopicCounts.RejectionKind(
                        rejection.getStage(), rejection.getUnit(), rejection.getReason()),
                1L,
                Long::sum);
    }

    private void deadLetter(DeadLetter letter) {
        deadLetters.merge(letter.getStage() + "/" + letter.getTopic(), 1L, Long::sum);
    }
}
