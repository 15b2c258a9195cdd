package io.prefstream.jobs.common.testing;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;

/**
 * The Flink cluster that job tests share: one TaskManager of two slots in this process, reachable
 * from this machine only.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final MiniClusterExtension FLINK = TwoSlots.cluster(LEDGER);
 * }</pre>
 */
public final class TwoSlots {

    private TwoSlots() {}

    public static MiniClusterExtension cluster() {
        return cluster(new Configuration());
    }

    /** A cluster whose jobs report to these readings. */
    public static MiniClusterExtension cluster(LedgerReadings readings) {
        return cluster(readings.addTo(new Configuration()));
    }

    private static MiniClusterExtension cluster(Configuration configuration) {
        return new MiniClusterExtension(
                new MiniClusterResourceConfiguration.Builder()
                        .setConfiguration(
                                configuration.set(TaskManagerOptions.BIND_HOST, "localhost"))
                        .setNumberTaskManagers(1)
                        .setNumberSlotsPerTaskManager(2)
                        .build());
    }
}
