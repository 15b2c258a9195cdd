package io.prefstream.jobs.common;

import java.io.PrintStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.LocalStreamEnvironment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The main method of a job: options, environment, graph, execution. Prints the effective
 * configuration before it starts anything; a failure is one line, its stack trace a debug message.
 */
public final class JobMain {

    /** Exit code: the job ended. */
    public static final int DONE = 0;

    /** Exit code: the job failed. */
    public static final int FAILED = 1;

    /** Exit code: an option is wrong; nothing was started. */
    public static final int BAD_USAGE = 2;

    /** Exit code: a signal ended the job, cleanly. */
    public static final int STOPPED = 130;

    /** Wires a job's real ends without executing it. */
    @FunctionalInterface
    public interface Graph {

        /**
         * @throws UsageException if an option is missing or out of its range
         */
        void build(StreamExecutionEnvironment env, Configuration config);
    }

    private static final Logger LOG = LoggerFactory.getLogger(JobMain.class);

    private final String stage;
    private final JobOptions options;
    private final Graph graph;

    /**
     * @param stage the stage's name, such as {@code ingest}; the job is called {@code prefstream
     *     ingest}
     */
    public JobMain(String stage, JobOptions options, Graph graph) {
        this.stage = stage;
        this.options = options;
        this.graph = graph;
    }

    /**
     * What a main method does. A process of the job's own ends with its exit code. A cluster that
     * calls the main method lives on: there it returns, in application mode as soon as the job is
     * submitted, or throws what is wrong. An exit would be the JobManager's.
     */
    public void main(String[] args) throws Exception {
        if (StreamExecutionEnvironment.getExecutionEnvironment()
                instanceof LocalStreamEnvironment) {
            System.exit(run(args, System.out, System.err));
        }
        execute(args, System.out);
    }

    /** Runs the job to its end and says how it went as an exit code. */
    public int run(String[] args, PrintStream out, PrintStream err) {
        try {
            return execute(args, out);
        } catch (UsageException e) {
            err.println(e.getMessage());
            return BAD_USAGE;
        } catch (Exception e) {
            LOG.debug("the job failed", e);
            err.println("the job failed: " + rootCause(e));
            return FAILED;
        }
    }

    private int execute(String[] args, PrintStream out) throws Exception {
        if (args.length == 1 && (args[0].equals("--help") || args[0].equals("-h"))) {
            out.println("prefstream " + stage + ", options; $(NAME) is an environment variable:");
            out.println(options.reference());
            return DONE;
        }
        Configuration config = options.parse(args);
        StreamExecutionEnvironment env = JobEnvironment.create(config);
        graph.build(env, config);
        out.println(options.effective(config));
        String name = "prefstream " + stage;
        if (env instanceof LocalStreamEnvironment) {
            return new LocalExecution(env, config, out).run(name);
        }
        env.execute(name);
        return DONE;
    }

    /** What the innermost cause that has something to say says. */
    private static String rootCause(Throwable e) {
        String told = e.toString();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.isBlank()) {
                told = message;
            }
        }
        return told.replaceAll("\\s*\\R\\s*", " ").strip();
    }
}
