package io.prefstream.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker and controller (KRaft) inside this process, on the loopback address, with its
 * log in a folder. Opened again on the same folder it goes on with the same log; the ports are new
 * each time.
 *
 * <p>Cost: 3-4 s to start, about 150 MB of heap.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedKafka(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker on a folder; formats the folder if it is new.
     *
     * @throws ServiceException if the folder cannot be used or the broker does not start
     */
    public static EmbeddedKafka start(Path folder) throws ServiceException {
        try {
            Files.createDirectories(folder);
            List<Integer> ports = FreePorts.find(2);
            int broker = ports.get(0);
            int controller = ports.get(1);
            Properties properties = properties(folder, broker, controller);
            if (!Files.exists(folder.resolve("log").resolve("meta.properties"))) {
                format(folder, properties);
            }
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM);
            server.startup();
            return new EmbeddedKafka(server, "127.0.0.1:" + broker);
        } catch (IOException | RuntimeException e) {
            throw new ServiceException(
                    "the Kafka broker did not start on %s: %s".formatted(folder, e.getMessage()),
                    e);
        }
    }

    /** Where clients connect, {@code host:port}. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops the broker and waits until its log is closed. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static Properties properties(Path folder, int broker, int controller) {
        Properties p = new Properties();
        p.put("process.roles", "broker,controller");
        p.put("node.id", "1");
        p.put("log.dirs", folder.resolve("log").toString());
        p.put("controller.quorum.bootstrap.servers", "127.0.0.1:" + controller);
        p.put("controller.listener.names", "CONTROLLER");
        p.put(
                "listeners",
                "BROKER://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(broker, controller));
        p.put(
                "advertised.listeners",
                "BROKER://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(broker, controller));
        p.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.put("inter.broker.listener.name", "BROKER");
        p.put("auto.create.topics.enable", "false");
        p.put("offsets.topic.replication.factor", "1");
        p.put("offsets.topic.num.partitions", "4");
        p.put("transaction.state.log.replication.factor", "1");
        p.put("transaction.state.log.min.isr", "1");
        p.put("transaction.state.log.num.partitions", "4");
        p.put("transaction.max.timeout.ms", "3600000");
        p.put("group.initial.rebalance.delay.ms", "0");
        // The log is the memory of a run: it is never cut behind the reader's back.
        p.put("log.retention.ms", "-1");
        p.put("log.segment.bytes", "67108864");
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "4");
        p.put("background.threads", "2");
        p.put("log.cleaner.dedupe.buffer.size", "4194304");
        p.put("log.cleaner.io.buffer.size", "131072");
        p.put("controlled.shutdown.enable", "false");
        return p;
    }

    private static void format(Path folder, Properties properties) throws IOException {
        Path file = Files.createTempFile(folder, "broker", ".properties");
        String lines =
                properties.stringPropertyNames().stream()
                        .sorted()
                        .map(key -> key + "=" + properties.getProperty(key))
                        .collect(Collectors.joining("\n"));
        Files.writeString(file, lines);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status =
                StorageTool.execute(
                        new String[] {
                            "format",
                            "--standalone",
                            "--cluster-id",
                            Uuid.randomUuid().toString(),
                            "--config",
                            file.toString()
                        },
                        new PrintStream(said, true, StandardCharsets.UTF_8));
        Files.delete(file);
        if (status != 0) {
            throw new IOException(said.toString(StandardCharsets.UTF_8).strip());
        }
    }
}
