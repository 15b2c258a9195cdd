package io.prefstream.trainer;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StackFrame;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A folder of checkpoints that is written to by a process of its own, which Java's debugger holds
 * before each change that {@link CheckpointFolder} makes to files, so that it can be killed before
 * any of them.
 */
final class KilledCheckpoints {
    static final int NEVER = Integer.MAX_VALUE;
    static final String FIRST = "step-000000001";
    static final String SECOND = "step-000000002";

    /** What makes, renames and deletes files. */
    private static final Set<String> CHANGES =
            Set.of("createDirectory", "createDirectories", "move", "delete", "deleteIfExists");

    private final VirtualMachine machine;
    private final List<String> steps = new ArrayList<>();

    private KilledCheckpoints(VirtualMachine machine) {
        this.machine = machine;
    }

    /** Writes the first checkpoint again under its own name, then another one in its place. */
    public static void main(String[] arguments) throws IOException {
        CheckpointFolder folder = new CheckpointFolder(Path.of(arguments[0]));
        write(folder, FIRST, "again");
        write(folder, SECOND, "other");
        folder.retain(Retention.ofTrunks(1, SECOND, Set.of()));
    }

    static void write(CheckpointFolder folder, String name, String text) throws IOException {
        try (CheckpointFolder.Unfinished unfinished = folder.begin(name)) {
            Files.writeString(unfinished.path().resolve("weights"), text);
            unfinished.seal();
            unfinished.replace(name);
        }
    }

    /**
     * Writes, with SIGKILL before one step.
     *
     * @param kill number of the step from 0
     * @return the steps that were taken
     */
    static List<String> run(Path folder, int kill) throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> options = connector.defaultArguments();
        options.get("main").setValue(KilledCheckpoints.class.getName() + " " + folder);
        options.get("options")
                .setValue(
                        "-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \""
                                + System.getProperty("java.class.path")
                                + "\"");
        KilledCheckpoints killed = new KilledCheckpoints(connector.launch(options));
        try {
            killed.runUntil(kill);
        } finally {
            killed.machine.process().destroyForcibly().waitFor();
        }
        return killed.steps;
    }

    private void runUntil(int kill) throws Exception {
        ClassPrepareRequest loading = machine.eventRequestManager().createClassPrepareRequest();
        loading.addClassFilter(Files.class.getName());
        loading.enable();
        machine.classesByName(Files.class.getName()).forEach(this::hold);
        while (true) {
            EventSet events = machine.eventQueue().remove();
            for (Event event : events) {
                if (event instanceof VMDisconnectEvent) {
                    return;
                }
                if (event instanceof ClassPrepareEvent loaded) {
                    hold(loaded.referenceType());
                } else if (event instanceof BreakpointEvent held && ofFolder(held)) {
                    if (steps.size() == kill) {
                        return;
                    }
                    steps.add(held.location().method().name());
                }
            }
            events.resume();
        }
    }

    private void hold(ReferenceType type) {
        for (Method method : type.methods()) {
            if (CHANGES.contains(method.name())) {
                machine.eventRequestManager().createBreakpointRequest(method.location()).enable();
            }
        }
    }

    private static boolean ofFolder(BreakpointEvent held) throws IncompatibleThreadStateException {
        for (StackFrame frame : held.thread().frames()) {
            if (frame.location()
                    .declaringType()
                    .name()
                    .startsWith(CheckpointFolder.class.getName())) {
                return true;
            }
        }
        return false;
    }
}
