package io.prefstream.model.engine;

/** Sums since an engine's start; {@link EngineMetrics} says of what. */
final class EngineCounters {
    long steps;
    long promptTokens;
    long reusedBefore;
    long generated;
    long completed;
    long failed;
    long preemptedBefore;
    long modelNanos;
    long stepNanos;
    long queueNanos;
    long admitted;
    long rows;
    long attended;
    long useful;

    /** The sums together with what is going on. */
    EngineMetrics snapshot(Scheduler scheduler, FairQueue waiting, BlockPool pool, int lanes) {
        return new EngineMetrics(
                steps,
                promptTokens,
                reusedBefore + pool.reusedTokens(),
                generated,
                completed,
                failed,
                preemptedBefore + scheduler.preemptions(),
                modelNanos,
                stepNanos,
                queueNanos,
                admitted,
                rows,
                attended,
                useful,
                scheduler.running().size(),
                waiting.size(),
                pool.blocks() - pool.freeBlocks(),
                pool.blocks(),
                lanes);
    }
}
