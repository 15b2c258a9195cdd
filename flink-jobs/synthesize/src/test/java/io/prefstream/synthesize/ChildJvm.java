package io.prefstream.synthesize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** JVMs with this test's class path. */
final class ChildJvm {

    private ChildJvm() {}

    /**
     * Runs a main class; what it prints is added to the log, and what it leaves when it is killed
     * lies beside it.
     */
    static Process start(String main, List<String> arguments, Path log) throws IOException {
        return start(main, arguments, log, Map.of());
    }

    /** As {@link #start(String, List, Path)}, with more environment variables. */
    static Process start(
            String main, List<String> arguments, Path log, Map<String, String> environment)
            throws IOException {
        Path left = Files.createDirectories(log.resolveSibling("tmp"));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--add-opens=java.base/java.util=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + left,
                                "-Dai.djl.offline=true",
                                "-Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.prefstream.schemas",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
