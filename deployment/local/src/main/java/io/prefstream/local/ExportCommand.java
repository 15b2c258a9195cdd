package io.prefstream.local;

import static java.util.Objects.requireNonNull;

import io.prefstream.replay.PairLogReader;
import io.prefstream.schemas.Split;
import io.prefstream.schemas.Topics;
import io.prefstream.topics.TopicReader;
import io.prefstream.topics.TopicsConnection;
import io.prefstream.trainer.export.DatasetExport;
import io.prefstream.trainer.export.ExportException;
import io.prefstream.trainer.export.ExportReport;
import io.prefstream.trainer.export.ExportRequest;
import io.prefstream.trainer.export.Layout;
import io.prefstream.trainer.export.TextForm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What others read: data sets of preference pairs. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Write preference pairs for other trainers: export dataset.",
        subcommands = ExportCommand.Dataset.class)
final class ExportCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new BadUsageException("export needs the word dataset");
    }

    @Command(
            name = "dataset",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = {
                "Write preference pairs as Parquet, with where each comes from and a dataset card.",
                "The newest version of each pair counts; what was taken back or opted out is left"
                        + " out."
            })
    static final class Dataset implements Callable<Integer> {

        private static final Duration PATIENCE = Duration.ofSeconds(10);

        @ArgGroup(exclusive = false)
        private @Nullable ConnectionOptions connection;

        @Option(
                names = "--run",
                paramLabel = "DIR",
                description = "Folder of a run that has ended, in place of topics that are up.")
        private @Nullable Path run;

        @Option(
                names = "--out",
                required = true,
                paramLabel = "DIR",
                description = "Folder of the data set, new or empty.")
        private Path out = Path.of("");

        @Option(
                names = "--layout",
                defaultValue = "trl",
                paramLabel = "NAME",
                description =
                        "Whose columns: trl, openrlhf or axolotl (default: ${DEFAULT-VALUE}).")
        private String layout = "";

        @Option(
                names = "--format",
                defaultValue = "standard",
                paramLabel = "NAME",
                description =
                        "Texts as strings (standard) or as messages (conversational); default:"
                                + " ${DEFAULT-VALUE}.")
        private String format = "";

        @Option(
                names = "--split",
                defaultValue = "both",
                paramLabel = "NAME",
                description =
                        "Sides of the split to write, each into files of its own: train, test or"
                                + " both (default: ${DEFAULT-VALUE}).")
        private String split = "";

        @Option(
                names = "--since",
                paramLabel = "INSTANT",
                description = "Code published at or after, such as 2026-05-01T00:00:00Z.")
        private @Nullable String since;

        @Option(names = "--until", paramLabel = "INSTANT", description = "Code published before.")
        private @Nullable String until;

        @Option(
                names = "--language",
                split = ",",
                paramLabel = "NAME",
                description = "Languages, separated by commas or repeated (default: all).")
        private Set<String> languages = Set.of();

        @Option(
                names = "--min-confidence",
                defaultValue = "0",
                paramLabel = "P",
                description = "Least confidence of the label (default: ${DEFAULT-VALUE}).")
        private double minConfidence;

        @Option(
                names = "--max-file-size",
                defaultValue = "500",
                paramLabel = "MIB",
                description =
                        "MiB at which a file is closed and the next one begun (default:"
                                + " ${DEFAULT-VALUE}).")
        private double maxFileMib;

        @Override
        public Integer call() throws Exception {
            if ((run == null) == (connection == null)) {
                throw new BadUsageException(
                        "either --run or --bootstrap-servers and --registry-url must be given");
            }
            ExportRequest request = request();
            try {
                DatasetExport.checkEmpty(out);
            } catch (ExportException e) {
                throw new BadUsageException(Failures.oneLine(e));
            }
            ExportReport report =
                    connection == null ? ofRun(request) : export(request, connection.open());
            report.lines().forEach(System.out::println);
            return Prefstream.DONE;
        }

        private ExportReport ofRun(ExportRequest request) throws Exception {
            try (StoredRun stored = StoredRun.open(requireNonNull(run))) {
                return export(request, stored.topics());
            }
        }

        private static ExportReport export(ExportRequest request, TopicsConnection topics)
                throws IOException {
            try (PairLogReader log = PairLog.open(topics, Map.of(), PATIENCE)) {
                return DatasetExport.run(
                        request, log, () -> TopicReader.readAll(Topics.OPT_OUTS, topics));
            }
        }

        private ExportRequest request() {
            try {
                return new ExportRequest(
                        out,
                        oneOf("--layout", layout, Layout.values()),
                        oneOf("--format", format, TextForm.values()),
                        instant("--since", since),
                        instant("--until", until),
                        new TreeSet<>(languages),
                        minConfidence,
                        splits(),
                        (long) (maxFileMib * (1 << 20)));
            } catch (IllegalArgumentException e) {
                throw new BadUsageException(Failures.oneLine(e));
            }
        }

        private Set<Split> splits() {
            return switch (split.toLowerCase(Locale.ROOT)) {
                case "train" -> Set.of(Split.TRAIN);
                case "test" -> Set.of(Split.HOLDOUT);
                case "both" -> Set.of(Split.TRAIN, Split.HOLDOUT);
                default ->
                        throw new BadUsageException(
                                "--split=%s must be train, test or both".formatted(split));
            };
        }

        private static <E extends Enum<E>> E oneOf(String option, String value, E[] all) {
            List<String> words =
                    Arrays.stream(all).map(one -> one.name().toLowerCase(Locale.ROOT)).toList();
            int index = words.indexOf(value.toLowerCase(Locale.ROOT));
            if (index < 0) {
                throw new BadUsageException(
                        "%s=%s must be one of %s"
                                .formatted(option, value, String.join(", ", words)));
            }
            return all[index];
        }

        private static @Nullable Instant instant(String option, @Nullable String value) {
            try {
                return value == null ? null : Instant.parse(value);
            } catch (DateTimeParseException e) {
                throw new BadUsageException(
                        "%s=%s is no instant such as 2026-05-01T00:00:00Z"
                                .formatted(option, value));
            }
        }
    }
}
