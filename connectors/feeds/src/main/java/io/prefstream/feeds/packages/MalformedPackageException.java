package io.prefstream.feeds.packages;

/** What a registry says of a package cannot be understood. */
final class MalformedPackageException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String address;
    private final String answer;

    MalformedPackageException(String address, String answer, String message) {
        super(message);
        this.address = address;
        this.answer = answer;
    }

    String address() {
        return address;
    }

    String answer() {
        return answer;
    }
}
