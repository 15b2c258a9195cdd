package io.prefstream.topics.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A KRaft broker that is its own controller, in this process, on free ports of the loopback. */
final class TestBroker implements AutoCloseable {

    private final Properties properties;
    private KafkaRaftServer server;
    private final String bootstrapServers;
    private final Path folder;

    private TestBroker(Properties properties, String bootstrapServers, Path folder) {
        this.properties = properties;
        this.server = server(properties);
        this.bootstrapServers = bootstrapServers;
        this.folder = folder;
    }

    static TestBroker start() {
        try {
            Path folder = Files.createTempDirectory("prefstream-test-kafka-");
            int clientPort = freePort();
            int controllerPort = freePort();
            Properties properties = properties(folder, clientPort, controllerPort);
            format(folder, properties);
            return new TestBroker(properties, "127.0.0.1:" + clientPort, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Takes it away; what it holds stays. */
    void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Brings it back as it was. */
    void restart() {
        server = server(properties);
    }

    private static KafkaRaftServer server(Properties properties) {
        KafkaRaftServer server =
                new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        server.startup();
        return server;
    }

    @Override
    public void close() {
        stop();
        TestFiles.delete(folder);
    }

    private static Properties properties(Path folder, int clientPort, int controllerPort) {
        Properties properties = new Properties();
        properties.setProperty("process.roles", "broker,controller");
        properties.setProperty("node.id", "1");
        properties.setProperty(
                "listeners",
                "CLIENT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(clientPort, controllerPort));
        properties.setProperty("advertised.listeners", "CLIENT://127.0.0.1:" + clientPort);
        properties.setProperty(
                "listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.setProperty("inter.broker.listener.name", "CLIENT");
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty(
                "controller.quorum.bootstrap.servers", "127.0.0.1:" + controllerPort);
        properties.setProperty("log.dirs", folder.resolve("log").toString());
        properties.setProperty("auto.create.topics.enable", "false");
        properties.setProperty("offsets.topic.num.partitions", "1");
        properties.setProperty("offsets.topic.replication.factor", "1");
        properties.setProperty("transaction.state.log.num.partitions", "1");
        properties.setProperty("transaction.state.log.replication.factor", "1");
        properties.setProperty("transaction.state.log.min.isr", "1");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        return properties;
    }

    private static void format(Path folder, Properties properties) throws IOException {
        Path file = folder.resolve("server.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String[] arguments = {
            "format", "--standalone", "-t", Uuid.randomUuid().toString(), "-c", file.toString()
        };
        int exit =
                StorageTool.execute(arguments, new PrintStream(said, true, StandardCharsets.UTF_8));
        if (exit != 0) {
            throw new IOException(
                    "Kafka's storage could not be formatted: "
                            + said.toString(StandardCharsets.UTF_8));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
