package io.prefstream.local;

import io.prefstream.topics.TopicAdmin;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The topics and schemas of the pipeline on your own broker and registry. */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "Prepare your own Kafka and schema registry: topics create.",
        subcommands = TopicsCommand.Create.class)
final class TopicsCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new BadUsageException("topics needs the word create");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Create what is missing of the topics and schemas.")
    static final class Create implements Callable<Integer> {

        @Mixin private ConnectionOptions connection = new ConnectionOptions();

        @Option(
                names = "--partitions",
                defaultValue = "4",
                description = "Partitions of each topic (default: ${DEFAULT-VALUE}).")
        private int partitions;

        @Option(
                names = "--replication",
                defaultValue = "1",
                description = "Replicas of each topic (default: ${DEFAULT-VALUE}).")
        private short replication;

        @Override
        public Integer call() {
            atLeastOne("--partitions", partitions);
            atLeastOne("--replication", replication);
            try {
                TopicAdmin.create(connection.open(), partitions, replication);
            } catch (IllegalArgumentException e) {
                throw new BadUsageException(Failures.oneLine(e));
            }
            System.out.println("topics and schemas are there");
            return Prefstream.DONE;
        }

        private static void atLeastOne(String option, int value) {
            if (value < 1) {
                throw new BadUsageException("%s=%d must be at least 1".formatted(option, value));
            }
        }
    }
}
