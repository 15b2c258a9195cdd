package io.prefstream.model.score;

/** The scorer was closed before it came to this request. */
public final class ScorerClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public ScorerClosedException() {
        super("the scorer is closed");
    }
}
