package io.prefstream.local;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Whether this machine can run the pipeline. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Check what a run needs of this machine.")
final class DoctorCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        return Doctor.examine(System.out) ? Prefstream.DONE : Prefstream.FAILED;
    }
}
