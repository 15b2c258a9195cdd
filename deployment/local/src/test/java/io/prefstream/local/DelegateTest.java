package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class DelegateTest {

    /** Tells its arguments by the only way out that a main class has. */
    public static final class Told {
        public static void main(String[] args) {
            throw new IllegalStateException(String.join("|", args));
        }
    }

    @Command(name = "told")
    static final class ToldCommand extends Delegate {
        ToldCommand() {
            super(Told.class.getName(), "first");
        }
    }

    @Test
    void argumentsArriveAsTheyWereGiven() {
        assertThat(told("--prompt", "@Override int a", "--stop=", "", "-n", "3", "--help", "x y"))
                .isEqualTo("first|--prompt|@Override int a|--stop=||-n|3|--help|x y");
        assertThat(told()).isEqualTo("first");
    }

    @Test
    void everyCommandOfTheTrainerIsListedWithWhatItDoes() {
        String help = Prefstream.commandLine().getUsageMessage();
        for (String name :
                List.of(
                        "train",
                        "pretrain",
                        "finetune",
                        "evaluate",
                        "generate",
                        "score",
                        "serve")) {
            assertThat(help).containsPattern("(?m)^  " + name + " +\\p{Upper}\\p{Lower}+ ");
        }
    }

    private static String told(String... arguments) {
        CommandLine line = Prefstream.commandLine();
        line.addSubcommand(new ToldCommand());
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err, true));
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                    err.write(String.valueOf(failure.getMessage()));
                    return Prefstream.FAILED;
                });
        String[] all = new String[arguments.length + 1];
        all[0] = "told";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        assertThat(line.execute(all)).isEqualTo(Prefstream.FAILED);
        return err.toString();
    }
}
