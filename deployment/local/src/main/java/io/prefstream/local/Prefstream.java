package io.prefstream.local;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * The command line. Exit codes: 0 done, 1 failed, 2 bad usage; an error is one line on standard
 * error.
 *
 * <p>This class and the commands know only picocli and the JDK; what a command does is loaded when
 * it runs, so that {@code --help} answers at once.
 */
@Command(
        name = "prefstream",
        mixinStandardHelpOptions = true,
        version = "prefstream 0.1.0-SNAPSHOT",
        description =
                "Newly published open-source code in, a continuously trained preference model"
                        + " out.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 bad usage, 130 interrupted.",
            "Begin with: ./prefstream run"
        },
        subcommands = {
            RunCommand.class,
            JobCommand.class,
            TrainerCommands.Train.class,
            TrainerCommands.Pretrain.class,
            TrainerCommands.Finetune.class,
            TrainerCommands.Evaluate.class,
            TrainerCommands.Generate.class,
            TrainerCommands.Score.class,
            TrainerCommands.Serve.class,
            TopicsCommand.class,
            ExportCommand.class,
            ReplayCommand.class,
            OptOutCommand.class,
            BenchmarkCommand.class,
            WebhooksCommand.class,
            DoctorCommand.class
        })
public final class Prefstream implements Runnable {

    /** The command ran to its end. */
    public static final int DONE = 0;

    /** The command failed; the reason was said in one line. */
    public static final int FAILED = 1;

    /** The command line is wrong; what would be right was said in one line. */
    public static final int BAD_USAGE = 2;

    /** The command was ended by a signal, cleanly: it can be resumed. */
    public static final int INTERRUPTED = 130;

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        int status = commandLine().execute(args);
        System.out.flush();
        System.exit(status);
    }

    /** What reads a command line; {@code execute} runs it, {@code parseArgs} doesn't. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Prefstream());
        // A prompt may begin with an @ and name no file of arguments.
        line.setExpandAtFiles(false);
        line.setParameterExceptionHandler(Prefstream::wrongParameter);
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                    boolean usage = failure instanceof BadUsageException;
                    command.getErr().println("prefstream: " + Failures.oneLine(failure));
                    return usage ? BAD_USAGE : FAILED;
                });
        return line;
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    private static int wrongParameter(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        String message = Failures.oneLine(wrong);
        command.getErr()
                .println(
                        "prefstream: %s (see ./%s --help)"
                                .formatted(message, command.getCommandSpec().qualifiedName(" ")));
        return BAD_USAGE;
    }
}
