package io.prefstream.ingest.licence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Recognises licences by their words.
 *
 * <p>A licence is in a text if at least {@value #LEAST_SHARE} of its runs of three words are there
 * (those across what may vary, such as a holder's name, aren't asked). Of several the one with most
 * runs in the text and fewest missing is taken first; a further one needs half of its runs beyond
 * those: so BSD-3-Clause isn't BSD-2-Clause too, and a file with two licences gives two. This is
 * Sørensen and Dice's coefficient without its penalty for what else a file says.
 *
 * <p>Cost: a binary search for each word of the text in a sorted table of 5 MB; 2 ms for
 * Apache-2.0.
 */
final class LicenceTexts {

    /** Below it a text that someone changed is another licence. */
    static final double LEAST_SHARE = 0.9;

    /** Of a second licence at least so much must be its own, or it is a part of the first. */
    private static final double LEAST_OWN_SHARE = 0.5;

    private static final int RUN = 3;
    private static final int MOST_LICENCES = 16;

    /** The low bits of an entry say which reference it is from. */
    private static final int REFERENCE_BITS = 12;

    private static final long RUN_MASK = -1L << REFERENCE_BITS;

    private static final class Holder {
        static final LicenceTexts TEXTS = new LicenceTexts(SpdxList.get().references());
    }

    private final List<SpdxList.Reference> references;
    private final int[] sizes;
    private final long[] table;

    private LicenceTexts(List<SpdxList.Reference> references) {
        this.references = references;
        this.sizes = new int[references.size()];
        List<long[]> parts = new ArrayList<>();
        int entries = 0;
        for (int i = 0; i < references.size(); i++) {
            Set<Long> runs = new HashSet<>();
            references.get(i).segments().forEach(segment -> addRuns(segment, runs));
            int reference = i;
            sizes[i] = runs.size();
            entries += runs.size();
            parts.add(runs.stream().mapToLong(run -> run | reference).toArray());
        }
        table = new long[entries];
        int at = 0;
        for (long[] part : parts) {
            System.arraycopy(part, 0, table, at, part.length);
            at += part.length;
        }
        Arrays.sort(table);
    }

    /** The licences of SPDX's list; immutable, made once for the process. */
    static LicenceTexts get() {
        return Holder.TEXTS;
    }

    /** The licences that are in a text, each once, the longest first; none if none is. */
    List<SpdxExpression> in(String text) {
        Set<Long> runs = new HashSet<>();
        addRuns(LicenceWords.of(text), runs);
        int[] there = counts(runs);
        List<SpdxExpression> found = new ArrayList<>();
        boolean textFound = false;
        Set<Long> unexplained = new HashSet<>(runs);
        int[] left = there;
        while (found.size() < MOST_LICENCES) {
            int best = best(there, left, textFound);
            if (best < 0) {
                break;
            }
            SpdxList.Reference reference = references.get(best);
            // A licence's text ends with the header it proposes.
            textFound |= !reference.header();
            found.add(new SpdxExpression.Id(reference.id()));
            unexplained.removeIf(run -> Arrays.binarySearch(table, run | best) >= 0);
            left = counts(unexplained);
        }
        return found.stream().distinct().toList();
    }

    /**
     * The licence with most runs in the text and fewest missing; -1 if none is there.
     *
     * @param there runs in the text by reference
     * @param left those of them that no licence found before has too
     */
    private int best(int[] there, int[] left, boolean withoutHeaders) {
        int best = -1;
        int bestScore = Integer.MIN_VALUE;
        for (int i = 0; i < there.length; i++) {
            if (left[i] == 0
                    || there[i] < LEAST_SHARE * sizes[i]
                    || left[i] < LEAST_OWN_SHARE * sizes[i]
                    || (withoutHeaders && references.get(i).header())) {
                continue;
            }
            int score = left[i] - 2 * (sizes[i] - there[i]);
            if (score > bestScore) {
                best = i;
                bestScore = score;
            }
        }
        return best;
    }

    private int[] counts(Set<Long> runs) {
        int[] counts = new int[sizes.length];
        for (long run : runs) {
            for (int i = firstOf(run); i < table.length && (table[i] & RUN_MASK) == run; i++) {
                counts[(int) (table[i] & ~RUN_MASK)]++;
            }
        }
        return counts;
    }

    private int firstOf(long run) {
        int at = Arrays.binarySearch(table, run);
        return at >= 0 ? at : -at - 1;
    }

    private static void addRuns(List<String> words, Set<Long> runs) {
        for (int i = 0; i + RUN <= words.size(); i++) {
            long hash = 0;
            for (int j = i; j < i + RUN; j++) {
                hash = (hash ^ words.get(j).hashCode()) * 0x9E3779B97F4A7C15L;
                hash ^= hash >>> 29;
            }
            runs.add(hash & RUN_MASK);
        }
    }
}
