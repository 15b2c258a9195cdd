package io.prefstream.jobs.common.testing;

import io.prefstream.jobs.common.ControlFeed;
import io.prefstream.jobs.common.JobEnvironment;
import io.prefstream.schemas.Benchmark;
import io.prefstream.schemas.CheckpointPublished;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.OptOut;
import io.prefstream.topics.flink.AvroType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/**
 * One run of a pipeline from records to records, in the environment that jobs have: name the
 * inputs, name the outputs to keep, execute, read the lists.
 *
 * <pre>{@code
 * BoundedRun run = new BoundedRun(2);
 * var outputs = pipeline.apply(run.from("snippets", CodeSnippet.class, snippets));
 * Supplier<List<CandidatePair>> candidates = run.keep(outputs.records());
 * run.execute("conservation");
 * assertThat(candidates.get()).hasSize(40);
 * }</pre>
 */
public final class BoundedRun {

    private final StreamExecutionEnvironment env;
    private final List<Kept<?>> all = new ArrayList<>();

    public BoundedRun(int parallelism) {
        this(parallelism, new Configuration());
    }

    /**
     * @param config options of {@link JobEnvironment}
     */
    public BoundedRun(int parallelism, Configuration config) {
        env =
                JobEnvironment.configure(
                        StreamExecutionEnvironment.getExecutionEnvironment(), config);
        env.setParallelism(parallelism);
    }

    /** An input of these records, in this order when the parallelism is 1. */
    public <T extends SpecificRecordBase> DataStream<T> from(
            String uid, Class<T> type, List<T> records) {
        if (records.isEmpty()) {
            // Flink's own source of a collection fails where that is empty.
            return env.fromData(0)
                    .uid(uid + ".nothing")
                    .flatMap((Integer nothing, Collector<T> out) -> {})
                    .returns(AvroType.forRecord(type))
                    .uid(uid);
        }
        return env.fromData(records, AvroType.forRecord(type)).uid(uid);
    }

    /** Opt-outs that are there when the run begins. */
    public ControlFeed<OptOut> optOuts(OptOut... known) {
        return told("opt-outs", OptOut.class, known);
    }

    /** Benchmarks that are there when the run begins, beside those that jobs are started with. */
    public ControlFeed<Benchmark> benchmarks(Benchmark... known) {
        return told("benchmarks", Benchmark.class, known);
    }

    /** Checkpoints that are announced when the run begins. */
    public ControlFeed<CheckpointPublished> checkpoints(CheckpointPublished... known) {
        return told("checkpoints", CheckpointPublished.class, known);
    }

    @SafeVarargs
    private <T extends SpecificRecordBase> ControlFeed<T> told(
            String uid, Class<T> type, T... known) {
        List<T> all = List.of(known);
        return new ControlFeed<>(
                () -> all,
                from(uid, type, List.of()),
                from(uid + "-letters", DeadLetter.class, List.of()));
    }

    /** Keeps what comes out of a stream; there to be read once the run is over. */
    public <T> Supplier<List<T>> keep(DataStream<T> stream) {
        Kept<T> kept = new Kept<>(stream.collectAsync());
        all.add(kept);
        return () -> List.copyOf(kept.records);
    }

    /** Runs to the end. */
    public void execute(String jobName) throws Exception {
        JobClient job = env.executeAsync(jobName);
        all.forEach(Thread::start);
        try {
            job.getJobExecutionResult().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception failure ? failure : e;
        } finally {
            for (Kept<?> kept : all) {
                kept.join();
            }
        }
    }

    /**
     * Takes results as they come: a job waits once some megabytes of them wait for their reader.
     */
    private static final class Kept<T> extends Thread {
        private final CloseableIterator<T> results;
        private final List<T> records = new ArrayList<>();

        Kept(CloseableIterator<T> results) {
            super("kept-results");
            this.results = results;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                results.forEachRemaining(records::add);
            } catch (RuntimeException e) {
                // The job has failed, which execute() tells.
            }
        }
    }
}
