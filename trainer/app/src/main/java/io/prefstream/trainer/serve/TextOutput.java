package io.prefstream.trainer.serve;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What a command answers, in UTF-8 whatever the locale. */
record TextOutput(PrintStream print) {

    /**
     * Writes a text.
     *
     * @throws IOException if nobody reads any more
     */
    void write(String text) throws IOException {
        print.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        if (print.checkError()) {
            throw new IOException("standard output is closed");
        }
    }
}
