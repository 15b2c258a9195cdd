package io.prefstream.replay;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDB;

/**
 * A reshard in a process of its own, which Java's debugger holds before each change that it makes
 * to files, so that it can be killed before any of them.
 */
final class KilledReshard {
    static final int NEVER = Integer.MAX_VALUE;

    /** What changes files, by class: folders made, renamed and emptied, items written. */
    private static final Map<String, Set<String>> CHANGES =
            Map.of(
                    Files.class.getName(), Set.of("createDirectory", "move", "delete"),
                    RocksDB.class.getName(), Set.of("write"));

    private final VirtualMachine machine;
    private final List<String> steps = new ArrayList<>();

    private KilledReshard(VirtualMachine machine) {
        this.machine = machine;
    }

    public static void main(String[] arguments) {
        ShardFolders.reshard(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    /**
     * Reshards, with SIGKILL before one step.
     *
     * @param kill number of the step from 0
     * @return the steps that were taken
     */
    static List<String> run(Path table, int shards, int kill) throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> options = connector.defaultArguments();
        options.get("main")
                .setValue("%s %s %d".formatted(KilledReshard.class.getName(), table, shards));
        options.get("options")
                .setValue("-Xmx128m -cp \"" + System.getProperty("java.class.path") + "\"");
        KilledReshard reshard = new KilledReshard(connector.launch(options));
        try {
            reshard.runUntil(kill);
        } finally {
            reshard.machine.process().destroyForcibly().waitFor();
        }
        return reshard.steps;
    }

    private void runUntil(int kill) throws Exception {
        for (String name : CHANGES.keySet()) {
            ClassPrepareRequest loaded = machine.eventRequestManager().createClassPrepareRequest();
            loaded.addClassFilter(name);
            loaded.enable();
            machine.classesByName(name).forEach(this::hold);
        }
        while (true) {
            EventSet events = machine.eventQueue().remove();
            for (Event event : events) {
                if (event instanceof VMDisconnectEvent) {
                    return;
                }
                if (event instanceof ClassPrepareEvent loaded) {
                    hold(loaded.referenceType());
                } else if (event instanceof BreakpointEvent held && ofReshard(held)) {
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
        Set<String> names = CHANGES.getOrDefault(type.name(), Set.of());
        for (Method method : type.methods()) {
            if (names.contains(method.name()) && !method.isNative()) {
                machine.eventRequestManager().createBreakpointRequest(method.location()).enable();
            }
        }
    }

    private static boolean ofReshard(BreakpointEvent held) throws IncompatibleThreadStateException {
        for (StackFrame frame : held.thread().frames()) {
            if (frame.location().declaringType().name().equals(ShardFolders.class.getName())) {
                return true;
            }
        }
        return false;
    }
}
