package io.prefstream.topics.testing;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A program in a process of its own, which Java's debugger holds before each step: a call by one
 * class, or what it calls, that changes files. So it can be killed before any of them.
 *
 * @param main its class
 * @param arguments without spaces
 * @param options of its JVM
 * @param changes what changes files: methods by class
 * @param by whose calls count, with its nested classes
 */
public record HeldProgram(
        Class<?> main,
        List<String> arguments,
        String options,
        Map<Class<?>, Set<String>> changes,
        Class<?> by) {

    /** No step's number. */
    public static final int NEVER = Integer.MAX_VALUE;

    /** What is done while the program is held. */
    public interface Before {
        /**
         * Before a step.
         *
         * @param number from 0
         * @param name of the method that makes it
         * @return whether the program goes on; else it is killed
         */
        boolean step(int number, String name) throws Exception;
    }

    /**
     * Runs it to its end, with SIGKILL before one step.
     *
     * @param kill number of the step from 0
     * @return the steps that were taken
     */
    public List<String> killedBefore(int kill) throws Exception {
        return run((number, name) -> number != kill);
    }

    /** Runs it; returns the steps that were taken. */
    public List<String> run(Before before) throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> started = connector.defaultArguments();
        started.get("main").setValue(main.getName() + " " + String.join(" ", arguments));
        started.get("options")
                .setValue(
                        "%s -cp \"%s\"".formatted(options, System.getProperty("java.class.path")));
        VirtualMachine machine = connector.launch(started);
        try {
            return steps(machine, before);
        } finally {
            machine.process().destroyForcibly().waitFor();
        }
    }

    private List<String> steps(VirtualMachine machine, Before before) throws Exception {
        for (Class<?> changing : changes.keySet()) {
            ClassPrepareRequest loaded = machine.eventRequestManager().createClassPrepareRequest();
            loaded.addClassFilter(changing.getName());
            loaded.enable();
            machine.classesByName(changing.getName()).forEach(this::hold);
        }
        List<String> steps = new ArrayList<>();
        while (true) {
            EventSet events = machine.eventQueue().remove();
            for (Event event : events) {
                if (event instanceof VMDisconnectEvent) {
                    return steps;
                }
                if (event instanceof ClassPrepareEvent loaded) {
                    hold(loaded.referenceType());
                } else if (event instanceof BreakpointEvent held && isCounted(held)) {
                    String name = held.location().method().name();
                    if (!before.step(steps.size(), name)) {
                        return steps;
                    }
                    steps.add(name);
                }
            }
            events.resume();
        }
    }

    private void hold(ReferenceType type) {
        for (Map.Entry<Class<?>, Set<String>> changing : changes.entrySet()) {
            if (changing.getKey().getName().equals(type.name())) {
                for (Method method : type.methods()) {
                    if (changing.getValue().contains(method.name()) && !method.isNative()) {
                        type.virtualMachine()
                                .eventRequestManager()
                                .createBreakpointRequest(method.location())
                                .enable();
                    }
                }
            }
        }
    }

    private boolean isCounted(BreakpointEvent held) throws IncompatibleThreadStateException {
        for (StackFrame frame : held.thread().frames()) {
            String caller = frame.location().declaringType().name();
            if (caller.equals(by.getName()) || caller.startsWith(by.getName() + "$")) {
                return true;
            }
        }
        return false;
    }
}
