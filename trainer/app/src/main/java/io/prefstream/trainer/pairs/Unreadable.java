package io.prefstream.trainer.pairs;

import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;

/** Failures to read a file, told with their place. */
final class Unreadable {

    private Unreadable() {}

    /**
     * What to throw for a failure.
     *
     * @param place file and row
     * @throws IllegalArgumentException if the file itself is damaged: compressed data that was cut
     *     or is none
     */
    static IOException at(String place, IOException e) {
        if (e instanceof EOFException) {
            throw new IllegalArgumentException(
                    "%s: damaged gzip data: the file ends before they do".formatted(place), e);
        }
        if (e instanceof ZipException) {
            throw new IllegalArgumentException(
                    "%s: damaged gzip data: %s".formatted(place, e.getMessage()), e);
        }
        return new IOException("%s: can't be read: %s".formatted(place, e.getMessage()), e);
    }
}
