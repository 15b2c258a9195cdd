package io.prefstream.local;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * Where libraries write what they have to say: nowhere before a run, into the run's folder in it.
 */
final class Logs {

    /** Configuration of child processes: standard error, which is their log file. */
    static final String CHILD = "io/prefstream/local/log4j2-child.properties";

    private static final String RUN = "log4j2-run.properties";
    private static final String FOLDER = "prefstream.logs";

    private Logs() {}

    /** From now on everything is written to files of this folder. */
    static void into(Path folder) {
        System.setProperty(FOLDER, folder.toString());
        URL configuration = Objects.requireNonNull(Logs.class.getResource(RUN), "resource " + RUN);
        try {
            URI uri = configuration.toURI();
            Configurator.reconfigure(uri);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
