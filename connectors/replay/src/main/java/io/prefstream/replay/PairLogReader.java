package io.prefstream.replay;

import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.RulesVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads the pair log from positions that its owner keeps.
 *
 * <p>All partitions are assigned by hand and nothing is committed to a consumer group: the
 * positions belong to the training checkpoint, next to the table that the records went into. Only
 * committed transactions are seen. A record that can't be decoded is handed over as {@link
 * LogRecord.Undecodable} and the reader goes on; that is what the decoder says with a {@link
 * SerializationException}. Any other failure (a registry or a broker that is down) is thrown and
 * ends this reader: its owner goes on from the positions it kept, with a new one.
 *
 * <p>Order: the next record comes from the partition whose position is lowest, of those that have
 * one, and of equal ones from the lowest number. So the order is a function of positions and log:
 * partitions take turns, and a log that is complete is always read in one order. Memory: what one
 * fetch brings (8 MiB) per partition.
 *
 * <p>Partitions added to the topic later are seen by the next reader. One thread at a time.
 */
public final class PairLogReader implements AutoCloseable {

    private static final int FETCH_BYTES = 8 << 20;
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(5);
    private static final Duration LONGEST_STALL = Duration.ofSeconds(60);

    private final String topic;
    private final String place;
    private final Consumer<byte[], byte[]> consumer;
    private final Deserializer<PreferencePair> decoder;
    private final List<TopicPartition> partitions;
    private final SortedMap<Integer, Deque<ConsumerRecord<byte[], byte[]>>> ahead = new TreeMap<>();
    private final SortedMap<Integer, Long> positions = new TreeMap<>();
    private final SortedMap<Integer, Long> lastEnds = new TreeMap<>();

    /**
     * Opens the log.
     *
     * @param kafkaProperties of a consumer, {@code bootstrap.servers} at least
     * @param positions the next offset to read by partition; partitions without one are read from
     *     their beginning
     * @throws IllegalArgumentException if the properties aren't those of a consumer
     * @throws IllegalStateException if the topic doesn't exist, or the brokers give no answer
     */
    public PairLogReader(
            Map<String, String> kafkaProperties,
            String topic,
            Deserializer<PreferencePair> decoder,
            Map<Integer, Long> positions) {
        this.topic = topic;
        this.place = "bootstrap.servers=" + kafkaProperties.get("bootstrap.servers");
        this.decoder = decoder;
        this.consumer = consumer(consumerProperties(kafkaProperties), place);
        try {
            this.partitions = asked(() -> partitionsOf(consumer, topic));
            consumer.assign(partitions);
            List<TopicPartition> fromBeginning = new ArrayList<>();
            for (TopicPartition partition : partitions) {
                Long position = positions.get(partition.partition());
                if (position == null) {
                    fromBeginning.add(partition);
                } else {
                    consumer.seek(partition, position);
                }
            }
            if (!fromBeginning.isEmpty()) {
                consumer.seekToBeginning(fromBeginning);
            }
            for (TopicPartition partition : partitions) {
                ahead.put(partition.partition(), new ArrayDeque<>());
                this.positions.put(
                        partition.partition(), asked(() -> consumer.position(partition)));
            }
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /**
     * The next records, {@code max} at most: whatever the log held when this was called, and no
     * waiting for more. So how many come doesn't depend on timing once the log is complete.
     *
     * @throws IllegalStateException if the log doesn't hold the position to read from, or the
     *     brokers give no answer, which is caused by a retriable exception of Kafka's
     */
    public List<LogRecord> take(int max) {
        List<LogRecord> taken = new ArrayList<>();
        Map<TopicPartition, Long> end = Map.of();
        long stalledSince = System.nanoTime();
        while (taken.size() < max) {
            Optional<ConsumerRecord<byte[], byte[]>> record = Optional.empty();
            boolean fetched = false;
            for (TopicPartition partition : byPosition()) {
                Deque<ConsumerRecord<byte[], byte[]>> records = deque(partition.partition());
                if (!records.isEmpty()) {
                    record = Optional.of(records.remove());
                    break;
                }
                if (end.isEmpty()) {
                    end = asked(() -> consumer.endOffsets(partitions));
                    end.forEach((of, offset) -> lastEnds.put(of.partition(), offset));
                }
                if (asked(() -> consumer.position(partition)) < end.getOrDefault(partition, 0L)) {
                    fetch(SHORTEST_WAIT);
                    fetched = true;
                    break;
                }
            }
            if (record.isPresent()) {
                stalledSince = System.nanoTime();
                positions.put(record.get().partition(), record.get().offset() + 1);
                taken.add(decode(record.get()));
            } else if (!fetched) {
                break;
            } else if (System.nanoTime() - stalledSince > LONGEST_STALL.toNanos()) {
                throw new IllegalStateException(
                        "the log %s holds records up to %s but gave none for %s s"
                                .formatted(topic, end, LONGEST_STALL.toSeconds()),
                        new TimeoutException("no record came"));
            }
        }
        return taken;
    }

    /**
     * Waits until there is something to take, {@code timeout} at most. Returns whether there is.
     */
    public boolean await(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        // A poll may come back early with nothing: behind an aborted transaction, for one.
        while (nothingAhead() && left >= 0) {
            fetch(Duration.ofNanos(left));
            left = deadline - System.nanoTime();
        }
        return !nothingAhead();
    }

    private boolean nothingAhead() {
        return ahead.values().stream().allMatch(Deque::isEmpty);
    }

    /** The next offset to read by partition: everything below it was taken. */
    public SortedMap<Integer, Long> positions() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(positions));
    }

    /**
     * Offsets between the next one to read and the end of the log by partition, as of the last time
     * that the brokers were asked, which is when all that was fetched of a partition was taken.
     * Asks nobody; empty before the first time.
     */
    public SortedMap<Integer, Long> lag() {
        SortedMap<Integer, Long> lag = new TreeMap<>();
        lastEnds.forEach(
                (partition, end) ->
                        lag.put(
                                partition,
                                Math.max(0, end - positions.getOrDefault(partition, 0L))));
        return lag;
    }

    /** The offset behind the last committed record by partition, as of now. */
    public SortedMap<Integer, Long> ends() {
        SortedMap<Integer, Long> ends = new TreeMap<>();
        asked(() -> consumer.endOffsets(partitions))
                .forEach((partition, end) -> ends.put(partition.partition(), end));
        return ends;
    }

    @Override
    public void close() {
        consumer.close();
        decoder.close();
    }

    private List<TopicPartition> byPosition() {
        return partitions.stream()
                .sorted(
                        Comparator.comparingLong(
                                        (TopicPartition partition) ->
                                                positions.getOrDefault(partition.partition(), 0L))
                                .thenComparingInt(TopicPartition::partition))
                .toList();
    }

    private void fetch(Duration wait) {
        for (TopicPartition partition : partitions) {
            if (deque(partition.partition()).isEmpty()) {
                consumer.resume(List.of(partition));
            } else {
                consumer.pause(List.of(partition));
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : asked(() -> consumer.poll(wait))) {
            deque(record.partition()).add(record);
        }
    }

    /** What the brokers answer; their failures in one line. */
    private <A> A asked(Supplier<A> question) {
        try {
            return question.get();
        } catch (InterruptException e) {
            throw e;
        } catch (OffsetOutOfRangeException e) {
            throw new IllegalStateException(
                    "the log %s doesn't hold the positions %s to go on from: its retention was"
                                    .formatted(topic, e.offsetOutOfRangePartitions())
                            + " shorter than the pause, or it was made anew",
                    e);
        } catch (KafkaException e) {
            throw new IllegalStateException(
                    "the log %s at %s can't be read: %s".formatted(topic, place, e.getMessage()),
                    e);
        }
    }

    private Deque<ConsumerRecord<byte[], byte[]>> deque(int partition) {
        return ahead.computeIfAbsent(partition, p -> new ArrayDeque<>());
    }

    private LogRecord decode(ConsumerRecord<byte[], byte[]> record) {
        String error;
        try {
            if (record.value() == null && record.key() != null) {
                return removal(record, record.key());
            }
            PreferencePair pair =
                    decoder.deserialize(record.topic(), record.headers(), record.value());
            if (pair != null) {
                return new LogRecord.Pair(record.partition(), record.offset(), pair);
            }
            error = "record without a value";
        } catch (SerializationException e) {
            error = String.valueOf(e.getMessage());
        }
        return new LogRecord.Undecodable(
                record.topic(),
                record.partition(),
                record.offset(),
                record.key(),
                record.value(),
                error,
                Instant.ofEpochMilli(record.timestamp()));
    }

    /**
     * @throws SerializationException if its header is no version
     */
    private static LogRecord removal(ConsumerRecord<byte[], byte[]> record, byte[] key) {
        Header rules = record.headers().lastHeader(RulesVersion.HEADER);
        try {
            return new LogRecord.Removal(
                    record.partition(),
                    record.offset(),
                    new String(key, StandardCharsets.UTF_8),
                    rules == null ? 0 : RulesVersion.ofHeader(rules.value()));
        } catch (IllegalArgumentException e) {
            throw new SerializationException("tombstone whose " + e.getMessage(), e);
        }
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> properties, String place) {
        try {
            return new KafkaConsumer<>(
                    properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "no consumer can be made for %s: %s".formatted(place, why.getMessage()), e);
        }
    }

    private static List<TopicPartition> partitionsOf(
            Consumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            throw new IllegalStateException("the topic " + topic + " doesn't exist");
        }
        return found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .sorted((a, b) -> Integer.compare(a.partition(), b.partition()))
                .toList();
    }

    private static Map<String, Object> consumerProperties(Map<String, String> given) {
        Map<String, Object> properties = new HashMap<>(given);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        return properties;
    }
}
