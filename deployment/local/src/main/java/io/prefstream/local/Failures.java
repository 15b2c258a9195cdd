package io.prefstream.local;

/** How an exception is told to a person. */
final class Failures {

    private Failures() {}

    /** The message in one line; the type stands in for a message that is not there. */
    static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        String text =
                message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
        return text.replaceAll("\\s*\\R\\s*", " ").strip();
    }

    /** The message of the innermost cause, in one line. */
    static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return oneLine(root);
    }
}
