package io.prefstream.local;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** One job against real brokers, until it is stopped. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description =
                "Run one job against your own Kafka: job ingest|synthesize|validate --key value"
                        + " ...",
        subcommands = {
            JobCommand.Ingest.class,
            JobCommand.Synthesize.class,
            JobCommand.Validate.class
        })
final class JobCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new BadUsageException("job needs one of ingest, synthesize, validate");
    }

    /** Hands its arguments, unread, to the main class of a job. */
    abstract static class Delegate implements Callable<Integer> {

        @Unmatched private @Nullable List<String> options;

        abstract String mainClass();

        @Override
        public Integer call() throws Exception {
            return MainClass.run(mainClass(), options == null ? List.of() : options);
        }
    }

    @Command(name = "ingest", description = "Published code in, snippets out.")
    static final class Ingest extends Delegate {
        @Override
        String mainClass() {
            return "io.prefstream.ingest.IngestJob";
        }
    }

    @Command(name = "synthesize", description = "Snippets in, candidate pairs out.")
    static final class Synthesize extends Delegate {
        @Override
        String mainClass() {
            return "io.prefstream.synthesize.SynthesizeJob";
        }
    }

    @Command(name = "validate", description = "Candidate pairs in, preference pairs out.")
    static final class Validate extends Delegate {
        @Override
        String mainClass() {
            return "io.prefstream.validate.ValidateJob";
        }
    }
}
