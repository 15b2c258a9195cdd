package io.prefstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import io.prefstream.schemas.OptOuts;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicWriter;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.trainer.ModelLocation;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Wishes not to be trained on: adds and lists them, with the checkpoints they come too late for.
 */
@Command(
        name = "opt-out",
        mixinStandardHelpOptions = true,
        description = "Keep a repository out of everything: opt-out add, opt-out list.",
        subcommands = {OptOutCommand.Add.class, OptOutCommand.ListAll.class})
final class OptOutCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new BadUsageException("opt-out needs the word add or list");
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Add an opt-out. Running jobs obey at once, accepted pairs are taken back,",
                "and the checkpoints that were trained on its pairs are printed."
            })
    static final class Add implements Callable<Integer> {

        @Mixin private ConnectionOptions connection = new ConnectionOptions();

        @Parameters(
                paramLabel = "NAME",
                description =
                        "Canonical name as it stands on records: a git URL, maven:group:artifact,"
                                + " npm:name, …")
        private String name = "";

        @Option(
                names = "--owner",
                description =
                        "NAME is an owner: everything below it, as https://github.com/apache or"
                                + " maven:org.apache.commons.")
        private boolean owner;

        @Option(
                names = "--path-prefix",
                paramLabel = "PREFIX",
                description = "Only paths of the repository that begin so.")
        private @Nullable String pathPrefix;

        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the record.")
        private @Nullable String reason;

        @Override
        public Integer call() throws Exception {
            OptOut optOut = optOut();
            TopicsConnection topics = connection.open();
            // Asked first: what can't be reached takes no opt-out either.
            List<CheckpointPublished> checkpoints = TopicReader.readAll(Topics.CHECKPOINTS, topics);
            TopicWriter.writeAll(Topics.OPT_OUTS, topics, List.of(optOut));
            System.out.println(OptOuts.inWords(optOut));
            affected(checkpoints, optOut).forEach(System.out::println);
            return Prefstream.DONE;
        }

        private OptOut optOut() {
            if (name.isBlank()) {
                throw new BadUsageException("NAME must not be blank");
            }
            if (owner && pathPrefix != null) {
                throw new BadUsageException("--owner and --path-prefix exclude each other");
            }
            if (pathPrefix != null && (pathPrefix.isBlank() || pathPrefix.startsWith("/"))) {
                throw new BadUsageException(
                        "--path-prefix=%s must be a path inside the repository"
                                .formatted(pathPrefix));
            }
            OptOutScope scope = OptOutScope.REPOSITORY;
            if (owner) {
                scope = OptOutScope.OWNER;
            } else if (pathPrefix != null) {
                scope = OptOutScope.PATH_PREFIX;
            }
            return OptOut.newBuilder()
                    .setRepository(name.replaceFirst("/+$", ""))
                    .setScope(scope)
                    .setPathPrefix(pathPrefix)
                    .setRequestedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                    .setReason(reason)
                    .build();
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List the opt-outs, each with the checkpoints trained on its pairs.")
    static final class ListAll implements Callable<Integer> {

        @Mixin private ConnectionOptions connection = new ConnectionOptions();

        @Override
        public Integer call() {
            TopicsConnection topics = connection.open();
            List<OptOut> optOuts = TopicReader.readAll(Topics.OPT_OUTS, topics);
            List<CheckpointPublished> checkpoints = TopicReader.readAll(Topics.CHECKPOINTS, topics);
            if (optOuts.isEmpty()) {
                System.out.println("no opt-outs");
            }
            for (OptOut optOut : optOuts) {
                System.out.println(OptOuts.inWords(optOut));
                affected(checkpoints, optOut).forEach(System.out::println);
            }
            return Prefstream.DONE;
        }
    }

    /**
     * The checkpoints that were trained on pairs of what is opted out, one line for each; of one
     * whose lineage can't be read here, that this is so.
     */
    static List<String> affected(List<CheckpointPublished> checkpoints, OptOut optOut) {
        List<String> lines =
                checkpoints.stream()
                        .map(checkpoint -> line(checkpoint, optOut))
                        .filter(line -> !line.isEmpty())
                        .toList();
        return lines.isEmpty()
                ? List.of("  no published checkpoint was trained on its pairs")
                : lines;
    }

    private static String line(CheckpointPublished checkpoint, OptOut optOut) {
        JsonNode repositories;
        try {
            String lineage = ModelLocation.lineage(checkpoint.getUri());
            repositories = new ObjectMapper().readTree(lineage).path("pairsByRepository");
        } catch (IOException | RuntimeException e) {
            repositories = new ObjectMapper().missingNode();
        }
        if (!repositories.isObject()) {
            return "  unknown: checkpoint %s, the lineage at %s can't be read here"
                    .formatted(checkpoint.getId(), checkpoint.getUri());
        }
        // A lineage counts by repository: of a path prefix it can only say that it may be affected.
        String prefix = optOut.getPathPrefix();
        long pairs = 0;
        for (Map.Entry<String, JsonNode> repository : repositories.properties()) {
            if (OptOuts.covers(optOut, repository.getKey(), prefix)) {
                pairs += repository.getValue().asLong();
            }
        }
        return pairs == 0
                ? ""
                : "  checkpoint %s (step %,d, %s): trained on %s%,d of its pairs"
                        .formatted(
                                checkpoint.getId(),
                                checkpoint.getStep(),
                                checkpoint.getUri(),
                                prefix == null ? "" : "up to ",
                                pairs);
    }
}
