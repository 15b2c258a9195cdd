package io.prefstream.local;

import io.prefstream.topics.TopicsConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The topics of a run that has ended: its broker and registry, started again on what they left in
 * the run's folder. Nothing is added to the topics, and while they are open no run can go on there.
 *
 * <p>Cost: about 8 s to start.
 */
final class StoredRun implements AutoCloseable {

    private final RunFolder folder;
    private final EmbeddedKafka kafka;
    private final EmbeddedRegistry registry;

    private StoredRun(RunFolder folder, EmbeddedKafka kafka, EmbeddedRegistry registry) {
        this.folder = folder;
        this.kafka = kafka;
        this.registry = registry;
    }

    /**
     * Starts the services.
     *
     * @throws BadUsageException if the folder holds no run
     * @throws IOException if a run is going on in it
     * @throws ServiceException if a service does not start
     */
    static StoredRun open(Path root) throws IOException, ServiceException, InterruptedException {
        if (!RunRequestFile.isIn(root) || !Files.isDirectory(root.resolve("kafka"))) {
            throw new BadUsageException("--run=%s holds no run".formatted(root));
        }
        Path registryHome = EmbeddedRegistry.home();
        RunFolder folder;
        try {
            folder = RunFolder.open(root);
        } catch (IOException e) {
            throw new IOException(
                    "--run=%s can't be opened: %s; while a run goes on, its services.json has the"
                                    .formatted(root, Failures.oneLine(e))
                            + " values of --bootstrap-servers and --registry-url",
                    e);
        }
        EmbeddedKafka kafka = null;
        try {
            kafka = EmbeddedKafka.start(folder.path("kafka"));
            EmbeddedRegistry registry =
                    EmbeddedRegistry.start(
                            registryHome, folder.path("registry"), folder.log("registry"));
            return new StoredRun(folder, kafka, registry);
        } catch (ServiceException | InterruptedException | RuntimeException e) {
            if (kafka != null) {
                kafka.close();
            }
            folder.close();
            throw e;
        }
    }

    TopicsConnection topics() {
        return new TopicsConnection(kafka.bootstrapServers(), registry.url());
    }

    @Override
    public void close() throws IOException {
        registry.close();
        kafka.close();
        folder.close();
    }
}
