package io.prefstream.trainer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.ProcessMemory;

/**
 * How fast steps were since it was last asked: what they did by the time they took, waiting for
 * their data included, waiting for pairs, evaluations and checkpoints not.
 */
final class Throughput {

    private final double peak;
    private double operations;
    private long tokens;
    private long paddedTokens;
    private long dataNanos;
    private long stepNanos;

    /**
     * @param peak operations per second that the machine can do; 0 if unknown
     */
    Throughput(double peak) {
        this.peak = peak;
    }

    void stepped(TrainedBatch batch) {
        Learner.Work work = batch.work();
        operations += work.operations();
        tokens += work.tokens();
        paddedTokens += work.paddedTokens();
        dataNanos += batch.dataNanos();
        stepNanos += batch.stepNanos();
    }

    /**
     * Adds its figures to an event and begins anew; nothing if there was no step.
     *
     * @param gpuMebibytes memory in use on GPUs; 0 if there are none
     */
    void put(ObjectNode event, long gpuMebibytes) {
        long nanos = dataNanos + stepNanos;
        if (nanos == 0) {
            return;
        }
        event.put("stepTokensPerSecond", Math.round(1e9 * tokens / nanos));
        event.put("dataWait", (double) dataNanos / nanos);
        event.put("padding", paddedTokens == 0 ? 0 : 1 - (double) tokens / paddedTokens);
        if (peak > 0 && operations > 0) {
            event.put("mfu", operations * 1e9 / nanos / peak);
        }
        long resident = ProcessMemory.resident();
        if (resident > 0) {
            event.put("residentMiB", resident);
        }
        if (gpuMebibytes > 0) {
            event.put("gpuMiB", gpuMebibytes);
        }
        operations = 0;
        tokens = 0;
        paddedTokens = 0;
        dataNanos = 0;
        stepNanos = 0;
    }
}
