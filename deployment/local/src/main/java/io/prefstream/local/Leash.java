package io.prefstream.local;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Main class of every child process: runs another main class and ends the process when standard
 * input ends.
 *
 * <p>The launcher holds the other end of that pipe. When the launcher goes, however it goes (kill
 * -9 too), the operating system closes the pipe and the child follows. Knows nothing but the JDK,
 * so that it can stand beside any class path.
 */
public final class Leash {

    /** How long a child may tidy up after its launcher has gone. */
    private static final long GRACE_MILLIS = 15_000;

    /** Exit status of a child that lost its launcher. */
    static final int LOST_LAUNCHER = 143;

    private Leash() {}

    /** First argument: the main class to run; the others are its own. */
    public static void main(String[] args) throws Throwable {
        if (args.length == 0) {
            System.err.println("usage: Leash MAIN-CLASS [ARGUMENT…]");
            System.exit(2);
        }
        InputStream pipe = System.in;
        System.setIn(InputStream.nullInputStream());
        daemon("leash", () -> endWith(pipe));
        Method main = Class.forName(args[0]).getMethod("main", String[].class);
        try {
            main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private static void endWith(InputStream pipe) {
        try {
            pipe.transferTo(java.io.OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A broken pipe says the same as an ended one.
        }
        daemon(
                "leash-grace",
                () -> {
                    try {
                        Thread.sleep(GRACE_MILLIS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(LOST_LAUNCHER);
                });
        System.exit(LOST_LAUNCHER);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
