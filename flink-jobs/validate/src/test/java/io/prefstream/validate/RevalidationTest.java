package io.prefstream.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.schemas.Rejection;
import io.prefstream.schemas.RulesVersion;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.RecordDecoder;
import io.prefstream.topics.testing.TestTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job runs again over old candidates with new rules, with the real broker and registry; the
 * table is what a reader of the log's last records by id holds.
 */
class RevalidationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String STRICTER = "--validate.max-similarity=0.93";

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster();

    /** One word of 23 differs: more alike than the stricter rules allow. */
    private static final List<CandidatePair> ALIKE =
            Stream.of("first", "second", "third").map(RevalidationTest::alike).toList();

    private final TestTopics topics = TestTopics.shared();
    private final RecordDecoder<PreferencePair> decoder =
            RecordDecoder.connect(Topics.PREFERENCE_PAIRS, topics.connection());

    @BeforeEach
    void clear() {
        topics.clear();
    }

    @Test
    void newRulesSupersedeTheOldOnesResultsAndTakeBackWhatTheyRefuse() throws Exception {
        List<CandidatePair> unlike = Candidates.good(5);
        topics.produce(Topics.CANDIDATE_PAIRS, unlike);
        topics.produce(Topics.CANDIDATE_PAIRS, ALIKE);
        topics.produce(Topics.CANDIDATE_PAIRS, List.of(Candidates.java(" ", Candidates.SMALLER)));

        JobClient old = start("--job.parallelism=1");
        try {
            log(8);
            assertThat(table()).hasSize(8).containsValue(1).doesNotContainValue(2);

            JobClient stricter =
                    start(STRICTER, "--validate.rules-version=2", "--job.parallelism=1");
            try {
                // Five pairs and three tombstones.
                log(16);
                Map<String, Integer> expected = new HashMap<>();
                unlike.forEach(pair -> expected.put(pair.getId(), 2));
                ALIKE.forEach(pair -> expected.put(pair.getId(), -2));
                assertThat(table()).isEqualTo(expected);
                assertThat(topics.readCommitted(Topics.REJECTIONS, 5, PATIENCE))
                        .extracting(
                                rejection ->
                                        rejection.getReason() + " " + rejection.getRulesVersion())
                        .containsExactlyInAnyOrder(
                                "empty-side 1",
                                "empty-side 2",
                                "too-similar 2",
                                "too-similar 2",
                                "too-similar 2");
                assertThat(topics.readCommitted(Topics.REJECTIONS, 5, PATIENCE))
                        .extracting(Rejection::getId)
                        .doesNotHaveDuplicates();

                // The old rules go on: their late word on old and new pairs is answered.
                CandidatePair late = alike("late");
                topics.produce(Topics.CANDIDATE_PAIRS, List.of(late, ALIKE.get(0), unlike.get(0)));
                awaitTable(
                        late.getId(), -2,
                        ALIKE.get(0).getId(), -2,
                        unlike.get(0).getId(), 2);
            } finally {
                stricter.cancel().get();
            }
        } finally {
            old.cancel().get();
        }
    }

    @Test
    void theSameRulesAgainGiveTheSameBytes() throws Exception {
        topics.produce(Topics.CANDIDATE_PAIRS, Candidates.good(5));
        List<ConsumerRecord<byte[], byte[]>> first = run("--kafka.namespace=first", 5);
        List<ConsumerRecord<byte[], byte[]>> both = run("--kafka.namespace=again", 10);

        assertThat(both).hasSize(10);
        Map<String, byte[]> values = new HashMap<>();
        first.forEach(record -> values.put(keyOf(record), record.value()));
        assertThat(both)
                .allSatisfy(
                        record -> assertThat(record.value()).isEqualTo(values.get(keyOf(record))));
    }

    @Test
    void whatOtherRulesRememberedIsRefused(@TempDir Path folder) throws Exception {
        topics.produce(Topics.CANDIDATE_PAIRS, Candidates.good(1));
        JobClient job = start();
        log(1);
        String savepoint =
                job.stopWithSavepoint(
                                false, folder.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get();

        JobClient stricter = start("--validate.rules-version=2", "--job.restore-from=" + savepoint);

        assertThatThrownBy(() -> stricter.getJobExecutionResult().get())
                .rootCause()
                .hasMessage(
                        "the state to go on from was left by rules 1, and"
                                + " --validate.rules-version=2 begins with none: leave out"
                                + " --job.restore-from");
    }

    private List<ConsumerRecord<byte[], byte[]>> run(String option, int records) throws Exception {
        JobClient job = start(option);
        try {
            return log(records);
        } finally {
            job.cancel().get();
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> log(int records) {
        return topics.readRawCommitted(Topics.PREFERENCE_PAIRS.name(), records, PATIENCE);
    }

    /** Waits until the log's last word on each id is this. */
    private void awaitTable(Object... wanted) {
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < wanted.length; i += 2) {
            expected.put((String) wanted[i], (Integer) wanted[i + 1]);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        // Three more by the old rules; only then can those of the new ones lie behind them.
        List<ConsumerRecord<byte[], byte[]>> seen = log(19);
        while (seen.stream().filter(record -> rules(record) == 1).count() < 11
                || !table().entrySet().containsAll(expected.entrySet())) {
            assertThat(System.nanoTime()).as("%s", table()).isLessThan(deadline);
            seen = log(seen.size());
        }
    }

    /** The rules of the last record of each id; below 0 where that is a tombstone. */
    private Map<String, Integer> table() {
        Map<String, Integer> table = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : log(0)) {
            table.put(keyOf(record), rules(record));
        }
        return table;
    }

    private int rules(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() != null) {
            return decoder.deserialize(record.topic(), record.value()).getRulesVersion();
        }
        Header header = record.headers().lastHeader(RulesVersion.HEADER);
        return header == null ? 0 : -RulesVersion.ofHeader(header.value());
    }

    private JobClient start(String... options) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--kafka.bootstrap-servers="
                                        + topics.connection().bootstrapServers(),
                                "--schema-registry.url=" + topics.connection().registryUrl(),
                                "--job.checkpoint-interval=500 ms"));
        all.addAll(List.of(options));
        Configuration config = ValidateJob.options().parse(all.toArray(String[]::new));
        StreamExecutionEnvironment env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        ValidateJob.build(env, config);
        return env.executeAsync("revalidation");
    }

    private static CandidatePair alike(String name) {
        String text = "int %s(int a, int b, int c) { return a + b * c - %d; }";
        return Candidates.java(text.formatted(name, 1), text.formatted(name, 2));
    }

    private static String keyOf(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }
}
