package io.prefstream.trainer;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How fast steps are: what they did by the time they took, waiting for their data included, waiting
 * for pairs, evaluations and checkpoints not.
 */
final class Throughput {

    private final double peak;
    private Work all = Work.NONE;
    private Work told = Work.NONE;

    /** What steps of this process did, of the trunk and of forks. */
    record Work(double operations, long tokens, long paddedTokens, long dataNanos, long stepNanos) {

        static final Work NONE = new Work(0, 0, 0, 0, 0);

        private Work plus(TrainedBatch batch) {
            Learner.Work work = batch.work();
            return new Work(
                    operations + work.operations(),
                    tokens + work.tokens(),
                    paddedTokens + work.paddedTokens(),
                    dataNanos + batch.dataNanos(),
                    stepNanos + batch.stepNanos());
        }

        private Work minus(Work other) {
            return new Work(
                    operations - other.operations,
                    tokens - other.tokens,
                    paddedTokens - other.paddedTokens,
                    dataNanos - other.dataNanos,
                    stepNanos - other.stepNanos);
        }
    }

    /**
     * @param peak operations per second that the machine can do; 0 if unknown
     */
    Throughput(double peak) {
        this.peak = peak;
    }

    void stepped(TrainedBatch batch) {
        all = all.plus(batch);
    }

    /** Since the start. */
    Work all() {
        return all;
    }

    /** Operations per second that the machine can do; 0 if unknown. */
    double peak() {
        return peak;
    }

    /** Adds to an event how fast steps were since the last one; nothing if there was no step. */
    void put(ObjectNode event) {
        Work work = all.minus(told);
        long nanos = work.dataNanos + work.stepNanos;
        if (nanos == 0) {
            return;
        }
        told = all;
        event.put("stepTokensPerSecond", Math.round(1e9 * work.tokens / nanos));
        event.put("dataWait", (double) work.dataNanos / nanos);
        event.put(
                "padding",
                work.paddedTokens == 0 ? 0 : 1 - (double) work.tokens / work.paddedTokens);
        if (peak > 0 && work.operations > 0) {
            event.put("mfu", work.operations * 1e9 / nanos / peak);
        }
    }
}
