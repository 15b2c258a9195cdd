package io.prefstream.trainer.evaluate;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code evaluate}, which has commands of its own. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "What a preference model is worth: on pairs, and at choosing the best of N.")
public final class EvaluateCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    private EvaluateCommand() {}

    /**
     * The command with those below it.
     *
     * @param print what is asked for, in UTF-8
     */
    public static CommandLine commandLine(PrintStream print) {
        return new CommandLine(new EvaluateCommand())
                .addSubcommand(new PairsCommand(print))
                .addSubcommand(new BestOfNCommand(print))
                .addSubcommand(new Gsm8kPairsCommand());
    }

    @Override
    public Integer call() {
        throw new IllegalArgumentException(
                "evaluate: which? There are %s"
                        .formatted(spec == null ? "" : spec.subcommands().keySet()));
    }
}
