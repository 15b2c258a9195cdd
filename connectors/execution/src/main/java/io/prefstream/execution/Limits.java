package io.prefstream.execution;

import java.time.Duration;
import java.util.List;

/**
 * What a command in the sandbox may use.
 *
 * @param time by the wall clock, for all of its processes together
 * @param cpuSeconds CPU time of each process
 * @param memoryBytes address space of each process, and resident memory of all together
 * @param processes processes and threads at a time
 * @param openFiles open files of each process
 * @param fileBytes size of a file
 * @param diskBytes size of all its files together, where it has a root of its own
 * @param outputBytes bytes on standard output and standard error together
 */
record Limits(
        Duration time,
        long cpuSeconds,
        long memoryBytes,
        int processes,
        int openFiles,
        long fileBytes,
        long diskBytes,
        int outputBytes) {

    private static final long MIB = 1 << 20;

    /** Limits for small tests: a JVM fits in. */
    static Limits of(Duration time, long memoryBytes) {
        long cpuSeconds = Math.max(1, time.toSeconds());
        return new Limits(time, cpuSeconds, memoryBytes, 64, 64, 16 * MIB, 64 * MIB, (int) MIB);
    }

    /** Files and folders that fit on the disk of {@link #diskBytes}. */
    int inodes() {
        return (int) Math.max(64, diskBytes / 16_384);
    }

    /** As prlimit takes them. The hard limit of CPU time is later, so that the soft one is seen. */
    List<String> arguments() {
        return List.of(
                "--cpu=%d:%d".formatted(cpuSeconds, cpuSeconds + 1),
                "--as=" + memoryBytes,
                "--nproc=" + processes,
                "--nofile=" + openFiles,
                "--fsize=" + fileBytes,
                "--core=0");
    }
}
