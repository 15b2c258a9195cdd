package io.prefstream.local;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** The trainer alone, against real brokers. */
@Command(
        name = "train",
        description = "Train on the preference pairs of your own Kafka: train --key value ...")
final class TrainCommand implements Callable<Integer> {

    static final String MAIN_CLASS = "io.prefstream.trainer.TrainerMain";

    @Unmatched private @Nullable List<String> options;

    @Override
    public Integer call() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("train"));
        if (options != null) {
            arguments.addAll(options);
        }
        return MainClass.run(MAIN_CLASS, arguments);
    }
}
