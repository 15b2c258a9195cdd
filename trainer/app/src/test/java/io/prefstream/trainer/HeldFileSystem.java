package io.prefstream.trainer;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The files of this machine as {@code held:///path}, for Hadoop to find by its scheme. What is to
 * happen before a file is opened for the first time can be given by its path.
 */
public final class HeldFileSystem extends RawLocalFileSystem {

    private static final Map<String, Runnable> BEFORE = new ConcurrentHashMap<>();

    /** Has something happen before a file is opened, once. */
    static void before(java.nio.file.Path file, Runnable action) {
        BEFORE.put(file.toString(), action);
    }

    @Override
    public URI getUri() {
        return URI.create("held:///");
    }

    @Override
    public String getScheme() {
        return "held";
    }

    @Override
    public FSDataInputStream open(Path file, int bufferSize) throws IOException {
        Runnable action = BEFORE.remove(file.toUri().getPath());
        if (action != null) {
            action.run();
        }
        return super.open(file, bufferSize);
    }
}
