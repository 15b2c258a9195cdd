package io.prefstream.jobs.common;

/**
 * A mistake of the person who started a job. The message is one line that names the option, the
 * value and the limit; mains print it and exit with 2.
 */
public final class UsageException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
