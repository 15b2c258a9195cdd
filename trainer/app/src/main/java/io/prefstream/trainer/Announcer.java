package io.prefstream.trainer;

import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;

/** Tells the rest of the pipeline about releases and about records that couldn't be read. */
interface Announcer extends AutoCloseable {

    /** Returns when the release is known to be announced. */
    void announce(CheckpointPublished checkpoint);

    /** Passes on a record that couldn't be read; {@link #flush} waits for all of them. */
    void deadLetter(DeadLetter letter);

    void flush();

    @Override
    void close();

    /** Tells nobody: for training from a file. */
    static Announcer none() {
        return new Announcer() {
            @Override
            public void announce(CheckpointPublished checkpoint) {}

            @Override
            public void deadLetter(DeadLetter letter) {}

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
