package io.prefstream.model.engine;

/**
 * What an engine has done since its start, and what it is doing.
 *
 * @param promptTokens computed, without those reused
 * @param reusedTokens prompt tokens whose keys and values were there already
 * @param generatedTokens sampled
 * @param modelNanos spent in the model's kernels, by all lanes together
 * @param stepNanos spent in whole steps, the kernels among it, by all lanes together
 * @param queueNanos sum of the times from request to first admission
 * @param rows tokens of all steps
 * @param attendedTokens cache positions that attention read
 * @param usefulTokens those of them that held something of their sequence
 * @param usedBlocks of {@code blocks}, right now
 * @param lanes steps that may be made side by side
 */
public record EngineMetrics(
        long steps,
        long promptTokens,
        long reusedTokens,
        long generatedTokens,
        long completed,
        long failed,
        long preemptions,
        long modelNanos,
        long stepNanos,
        long queueNanos,
        long admitted,
        long rows,
        long attendedTokens,
        long usefulTokens,
        int running,
        int waiting,
        int usedBlocks,
        int blocks,
        int lanes) {

    /** Share of step time that is not the model's. */
    public double overhead() {
        return stepNanos == 0 ? 0 : 1 - (double) modelNanos / stepNanos;
    }

    /** Share of the attended cache positions that were padding. */
    public double paddingWaste() {
        return attendedTokens == 0 ? 0 : 1 - (double) usefulTokens / attendedTokens;
    }
}
