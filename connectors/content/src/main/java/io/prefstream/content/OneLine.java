package io.prefstream.content;

/** Messages that fit a log line and a record's detail field. */
final class OneLine {

    private static final int MAX_CHARS = 500;

    private OneLine() {}

    static String of(String text) {
        String line = text.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ");
        return line.length() <= MAX_CHARS ? line : line.substring(0, MAX_CHARS - 1) + "…";
    }

    static String of(Throwable error) {
        String message = error.getMessage();
        return of(message == null ? error.getClass().getSimpleName() : message);
    }
}
