package io.prefstream.feeds.webhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** When the receiver was last alive, in a file that outlives it, kill -9 included. */
final class Heartbeat {

    private final Path file;

    Heartbeat(Path file) {
        this.file = file;
    }

    /** The last beat; empty before the first, and if the file is damaged. */
    Optional<Instant> last() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(Files.readString(file).strip()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    void beat(Instant now) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, now.toString());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
