package io.prefstream.validate.bias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.schemas.PreferencePair;
import io.prefstream.topics.flink.AvroType;
import io.prefstream.topics.flink.Tombstone;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Either;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BiasMonitorTest {

    private static final Instant TODAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Instant NOON = TODAY.plus(Duration.ofHours(12));
    private static final Instant TWO_DAYS_LATER = NOON.plus(Duration.ofDays(2));
    private static final Instant IN_2009 = Instant.parse("2009-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(TWO_DAYS_LATER, ZoneOffset.UTC);

    private static final BiasSettings SETTINGS =
            new BiasSettings(
                    Duration.ofDays(1), Duration.ofHours(1), 20, 0.6, 50, List.of("length"));

    private static final InMemoryReporter METRICS = InMemoryReporter.createWithRetainedMetrics();

    @RegisterExtension
    private static final MiniClusterExtension FLINK =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setConfiguration(
                                    METRICS.addToConfiguration(
                                            new Configuration()
                                                    .set(
                                                            TaskManagerOptions.BIND_HOST,
                                                            "localhost")))
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(2)
                            .build());

    @Test
    void aFeatureThatGivesTheLabelAwayIsSaidOnceForEachWindow() throws Exception {
        List<PreferencePair> pairs = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            pairs.add(Pairs.chosenLonger(NOON, "java"));
        }
        for (int i = 0; i < 60; i++) {
            pairs.add(Pairs.chosenLonger(TWO_DAYS_LATER, "java"));
        }

        List<BiasReport> reports = run("once", pairs).stream().filter(ofAll()).toList();

        // The first report with at least 50 pairs is the one after 60.
        assertThat(reports)
                .filteredOn(report -> !report.raised().isEmpty())
                .extracting(BiasReport::start, report -> report.tally().pairs())
                .containsExactly(tuple(TODAY, 60L), tuple(TODAY.plus(Duration.ofDays(2)), 60L));
        assertThat(reports)
                .filteredOn(report -> report.start().equals(TODAY))
                .extracting(report -> report.tally().pairs())
                .contains(20L, 40L, 60L, 80L, 100L, 120L);
        assertThat(gauge("all", "length", "accuracy")).isEqualTo(1.0);
        // 60 of 60, by Wilson: 60 / (60 + z²)
        assertThat((Double) gauge("all", "length", "accuracyAtLeast")).isBetween(0.9398, 0.9399);
    }

    @Test
    void groupsThatAreBiasedInOppositeWaysAreFoundThoughTheWholeIsBalanced() throws Exception {
        List<PreferencePair> pairs = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            pairs.add(Pairs.chosenLonger(NOON, "java"));
            pairs.add(Pairs.rejectedLonger(NOON, "python"));
        }

        assertThat(run("groups", pairs))
                .filteredOn(report -> !report.raised().isEmpty())
                .extracting(BiasReport::group)
                .containsExactlyInAnyOrder("language:java", "language:python");
    }

    @Test
    void everyPairIsInOneWindowAlsoTheOnesWhoseOwnIsOver() throws Exception {
        List<BiasReport> reports =
                run(
                        "moved",
                        List.of(
                                Pairs.chosenLonger(NOON, "java"),
                                Pairs.chosenLonger(TWO_DAYS_LATER, "java"),
                                Pairs.rejectedLonger(IN_2009, "java"),
                                Pairs.rejectedLonger(NOON, "java"),
                                Pairs.chosenLonger(TWO_DAYS_LATER.plusSeconds(3600), "java")));

        assertThat(reports.stream().filter(ofAll()).distinct().toList())
                .containsExactlyInAnyOrder(
                        report(TODAY, 1, 0, new Score(1, 0, 0)),
                        report(TODAY.plus(Duration.ofDays(2)), 4, 3, new Score(2, 2, 0)));
    }

    private static BiasReport report(Instant start, int pairs, int moved, Score length) {
        Score equal = new Score(0, 0, pairs);
        return new BiasReport(
                "all",
                start,
                start.plus(Duration.ofDays(1)),
                new BiasTally(
                        pairs,
                        moved,
                        Map.of(
                                "length",
                                length,
                                "lines",
                                equal,
                                "comment-share",
                                equal,
                                "compression",
                                // a byte more is compressed better
                                new Score(length.smaller(), length.greater(), 0)),
                        Map.of("mutation vs published", new Score(pairs, 0, 0))),
                List.of());
    }

    private static Predicate<BiasReport> ofAll() {
        return report -> report.group().equals("all");
    }

    private static List<BiasReport> run(String name, List<PreferencePair> pairs) throws Exception {
        BoundedRun run = new BoundedRun(1);
        var changes =
                run.from("pairs", PreferencePair.class, pairs)
                        .map(pair -> Either.<PreferencePair, Tombstone>Left(pair))
                        .returns(
                                new EitherTypeInfo<>(
                                        AvroType.forRecord(PreferencePair.class), Tombstone.TYPE))
                        .uid("changes");
        Supplier<List<BiasReport>> reports =
                run.keep(BiasMonitor.watch(changes, "test", SETTINGS, CLOCK));
        run.execute(name);
        return reports.get();
    }

    private static Object gauge(String group, String feature, String name) {
        return METRICS.getMetricsByGroup().entrySet().stream()
                .filter(
                        metrics ->
                                group.equals(metrics.getKey().getAllVariables().get("<group>"))
                                        && feature.equals(
                                                metrics.getKey()
                                                        .getAllVariables()
                                                        .get("<feature>")))
                .map(metrics -> ((Gauge<?>) metrics.getValue().get(name)).getValue())
                .findFirst()
                .orElseThrow();
    }
}
