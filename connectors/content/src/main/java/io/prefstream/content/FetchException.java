package io.prefstream.content;

/** Carries a failure out of nested calls; becomes a {@link FetchFailed} at the door. */
final class FetchException extends Exception {

    private static final long serialVersionUID = 1L;

    private final FetchFailure reason;

    FetchException(FetchFailure reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    FetchFailed asResult() {
        String message = getMessage();
        return new FetchFailed(reason, message == null ? reason.code() : message);
    }
}
