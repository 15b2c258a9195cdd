package io.prefstream.local;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Unmatched;

/** Hands its arguments, unread, to another module's main class. */
abstract class Delegate implements Callable<Integer> {

    private final String mainClass;
    private final List<String> first;

    @Unmatched private @Nullable List<String> options;

    /**
     * @param first arguments that go before those of the user
     */
    Delegate(String mainClass, String... first) {
        this.mainClass = mainClass;
        this.first = List.of(first);
    }

    @Override
    public Integer call() throws Exception {
        List<String> arguments = new ArrayList<>(first);
        if (options != null) {
            arguments.addAll(options);
        }
        return MainClass.run(mainClass, arguments);
    }
}
