package io.prefstream.content.git;

import java.io.IOException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.TransportException;
import org.jspecify.annotations.Nullable;

/** A git repository or commit could not be had. The message is one line for people. */
public final class GitUnavailableException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Why it could not be had. */
    public enum Cause {
        /** There is no such repository or commit. */
        MISSING,
        /** The address is not one that is understood. */
        UNSUPPORTED,
        /** The remote did not answer, or not as it should, or another process holds the cache. */
        UNREACHABLE
    }

    private final Cause why;

    GitUnavailableException(Cause why, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.why = why;
    }

    static GitUnavailableException missing(String address, @Nullable Throwable cause) {
        return new GitUnavailableException(Cause.MISSING, "no git repository at " + address, cause);
    }

    /** Of what a transport or store reports: MISSING if the remote says so, else UNREACHABLE. */
    static GitUnavailableException unread(String address, Exception error) {
        Throwable root = error;
        while (true) {
            if (root instanceof NoRemoteRepositoryException) {
                return missing(address, error);
            }
            if (root.getCause() == null) {
                return new GitUnavailableException(
                        Cause.UNREACHABLE, address + " " + trouble(address, root), error);
            }
            root = root.getCause();
        }
    }

    private static String trouble(String address, Throwable root) {
        if (!(root instanceof TransportException)) {
            return "could not be read: " + root;
        }
        String message = String.valueOf(root.getMessage()).replace(address + ": ", "");
        // Of the answer 401 JGit keeps these words alone.
        return message.endsWith("not authorized")
                ? "wants a login that ~/.netrc does not hold"
                : "could not be read: " + message;
    }

    public Cause why() {
        return why;
    }
}
