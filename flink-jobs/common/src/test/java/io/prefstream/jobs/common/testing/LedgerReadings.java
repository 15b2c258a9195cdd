package io.prefstream.jobs.common.testing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.testutils.InMemoryReporter;

/**
 * What the stage ledgers and other gauges of a MiniCluster's jobs said last, also after the jobs
 * ended.
 *
 * <p>Of each subtask the reading of its last attempt counts; readings are summed over subtasks.
 */
public final class LedgerReadings {

    private final InMemoryReporter reporter = InMemoryReporter.createWithRetainedMetrics();

    /** Makes the cluster with this configuration report here. */
    public Configuration addTo(Configuration cluster) {
        return reporter.addToConfiguration(cluster);
    }

    /** The count of a job by its name; zero if it never counted. */
    public long count(String jobName, String stage, String unit, String direction) {
        return sum(jobName, Map.of("<stage>", stage, "<unit>", unit), direction);
    }

    /**
     * A number that a job's subtasks tell, summed; zero if none does.
     *
     * @param scope variables of the metric's group, such as {@code <stage>}
     */
    public long sum(String jobName, Map<String, String> scope, String metric) {
        Map<String, Reading> lastBySubtask = new HashMap<>();
        reporter.getMetricsByGroup()
                .forEach(
                        (group, metrics) -> {
                            Map<String, String> variables = group.getAllVariables();
                            if (jobName.equals(variables.get("<job_name>"))
                                    && variables.entrySet().containsAll(scope.entrySet())
                                    && metrics.get(metric) instanceof Gauge<?> gauge) {
                                lastBySubtask.merge(
                                        subtask(group),
                                        new Reading(
                                                Integer.parseInt(
                                                        variables.get("<task_attempt_num>")),
                                                (Long) gauge.getValue()),
                                        Reading::later);
                            }
                        });
        return lastBySubtask.values().stream().mapToLong(Reading::value).sum();
    }

    private record Reading(int attempt, long value) {

        static Reading later(Reading a, Reading b) {
            return Comparator.comparingInt(Reading::attempt).compare(a, b) >= 0 ? a : b;
        }
    }

    private static String subtask(MetricGroup group) {
        Map<String, String> variables = group.getAllVariables();
        return variables.get("<operator_id>") + "/" + variables.get("<subtask_index>");
    }
}
