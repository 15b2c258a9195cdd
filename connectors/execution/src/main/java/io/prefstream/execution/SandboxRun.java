package io.prefstream.execution;

/**
 * What became of a command.
 *
 * @param ending why it ended
 * @param status its exit status, 128 + the signal where one ended it; -1 where it was stopped
 * @param output what it wrote to standard output and standard error, no more than the limit
 */
record SandboxRun(Ending ending, int status, String output) {

    /** Why a command ended. */
    enum Ending {
        /** By itself, or by a signal of its own. */
        EXITED("it ended"),
        /** It was stopped at {@link Limits#time}. */
        OUT_OF_TIME("out of time"),
        /** A process used more CPU time than {@link Limits#cpuSeconds}. */
        OUT_OF_CPU_TIME("out of CPU time"),
        /** Its processes together held more than {@link Limits#memoryBytes}. */
        OUT_OF_MEMORY("out of memory"),
        /** It wrote more than {@link Limits#outputBytes}. */
        TOO_MUCH_OUTPUT("too much output");

        private final String words;

        Ending(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }
}
