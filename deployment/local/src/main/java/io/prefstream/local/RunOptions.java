package io.prefstream.local;

import java.nio.file.Path;

/**
 * A run: what it is asked to do, where, and how it shows itself.
 *
 * @param resume whether it goes on with what lies in the folder
 * @param uiPort port of Flink's web UI, 0 for any free one
 */
record RunOptions(RunRequest asked, Path out, boolean resume, int uiPort, boolean json) {

    RunOptions {
        if (uiPort < 0 || uiPort > 65_535) {
            throw new BadUsageException("--ui-port=%d must be from 0 to 65535".formatted(uiPort));
        }
        out = out.toAbsolutePath().normalize();
    }
}
