package io.prefstream.local;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

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

    @Command(name = "ingest", description = "Published code in, snippets out.")
    static final class Ingest extends Delegate {
        Ingest() {
            super("io.prefstream.ingest.IngestJob");
        }
    }

    @Command(name = "synthesize", description = "Snippets in, candidate pairs out.")
    static final class Synthesize extends Delegate {
        Synthesize() {
            super("io.prefstream.synthesize.SynthesizeJob");
        }
    }

    @Command(name = "validate", description = "Candidate pairs in, preference pairs out.")
    static final class Validate extends Delegate {
        Validate() {
            super("io.prefstream.validate.ValidateJob");
        }
    }
}
