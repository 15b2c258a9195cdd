package io.prefstream.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** With Hadoop's own NameNode and DataNode, on loopback. */
class CheckpointsOnHdfsTest extends CheckpointStoreTests {

    @TempDir private static Path disk;
    private static MiniDFSCluster cluster;
    private static int tests;

    @BeforeAll
    static void startCluster() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, disk.toString());
        cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        cluster.waitActive();
    }

    @AfterAll
    static void stopCluster() {
        cluster.shutdown();
    }

    @Override
    Store start() throws IOException {
        String root = cluster.getURI() + "/" + tests++;
        return new Store() {
            @Override
            public String uri(String path) {
                return root + "/" + path;
            }

            @Override
            public void stop() {
                cluster.shutdownNameNode(0);
            }

            @Override
            public void restart() {
                try {
                    cluster.restartNameNode(0, true);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void close() {}
        };
    }
}
