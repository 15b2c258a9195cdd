package io.prefstream.local;

import java.lang.reflect.InvocationTargetException;
import java.util.List;

/** Another module's main class, loaded only when it is wanted. */
final class MainClass {

    private MainClass() {}

    /** Runs it in this process; whatever it throws is thrown on. */
    static int run(String name, List<String> arguments) throws Exception {
        try {
            Class.forName(name)
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments.toArray(String[]::new));
            return Prefstream.DONE;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
