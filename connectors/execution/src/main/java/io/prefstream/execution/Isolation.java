package io.prefstream.execution;

/**
 * What holds around a command, as it was found out by looking from inside.
 *
 * @param network it has no network, not even the machine's loopback
 * @param files its root is its own and read-only: it sees programs and libraries, and none of the
 *     machine's other files
 * @param user it runs as a user that is not the job's, and without rights either way
 * @param limits all {@link Limits} were in force
 */
public record Isolation(boolean network, boolean files, boolean user, boolean limits) {

    /** How much of it must hold. */
    public enum Level {
        /** Network and limits. The command reads, and may write, what its user can. */
        NETWORK,
        /** Network, limits and files. */
        FILES
    }

    /** Whether as much holds as a level says. */
    public boolean holds(Level level) {
        return network && limits && (files || level == Level.NETWORK);
    }

    /** In one line for people. */
    public String describe() {
        return "no network: %s, own read-only root: %s, own user: %s, limits: %s"
                .formatted(word(network), word(files), word(user), word(limits));
    }

    private static String word(boolean holds) {
        return holds ? "yes" : "no";
    }
}
