package io.prefstream.validate.checks;

import io.prefstream.jobs.common.tokens.TokenHashes;
import java.util.HashMap;
import java.util.Map;

/**
 * No side is mostly one passage over and over, as a model's answer is once it runs in circles.
 *
 * <p>A loop is a passage of whatever length that comes at least {@value #ROUNDS} times, each time
 * right behind the last. Words are compared (punctuation and layout count for nothing), in comments
 * too. The value is the share of a side's words that its longest loop covers, of the side where it
 * is greater.
 *
 * <p>Method: at each word the latest earlier place where the same {@value #GRAM} words stand is
 * looked up. As long as its distance stays the same from word to word, the text repeats with that
 * period; a run of repetition of at least {@value #ROUNDS} - 1 periods is a loop. Cost: linear, one
 * look-up for each word.
 */
public final class LoopCheck implements Check {

    /** Words in a row that make a place; a passage that holds the same ones twice is missed. */
    private static final int GRAM = 8;

    private static final int ROUNDS = 4;
    private static final long BASE = 0x9e3779b97f4a7c15L;

    private final double maxShare;

    /**
     * @param maxShare greatest share of a side's words in one loop, inclusive; 1 refuses nothing
     */
    public LoopCheck(double maxShare) {
        this.maxShare = maxShare;
    }

    @Override
    public String name() {
        return "loop";
    }

    @Override
    public CheckResult judge(CandidateView candidate) {
        double greatest = 0;
        for (Side side : Side.values()) {
            double share = shareInLoop(candidate.text(side));
            if (share > maxShare) {
                return new CheckResult.Refused(
                        ValidateReason.LOOP,
                        "%.2f of the words of %s are one passage over and over, which exceeds validate.max-loop-share=%s"
                                .formatted(share, side, maxShare));
            }
            greatest = Math.max(greatest, share);
        }
        return new CheckResult.Passed(greatest);
    }

    /** The share of words that the longest loop covers. */
    static double shareInLoop(String text) {
        TokenHashes words = TokenHashes.of(text);
        int size = words.size();
        long leaving = 1;
        for (int i = 1; i < GRAM; i++) {
            leaving *= BASE;
        }
        Map<Long, Integer> latest = new HashMap<>(2 * size);
        long hash = 0;
        int longest = 0;
        int period = 0;
        int from = 0;
        for (int end = 0; end < size; end++) {
            if (end >= GRAM) {
                hash -= words.at(end - GRAM) * leaving;
            }
            hash = hash * BASE + words.at(end);
            int start = end - GRAM + 1;
            if (start < 0) {
                continue;
            }
            Integer before = latest.put(hash, start);
            int distance = before == null ? 0 : start - before;
            if (distance != period) {
                period = distance;
                from = start;
            }
            int repeated = end + 1 - from;
            if (period > 0 && repeated >= (ROUNDS - 1) * period) {
                longest = Math.max(longest, period + repeated);
            }
        }
        return size == 0 ? 0 : (double) longest / size;
    }
}
