package io.prefstream.jobs.common.decontaminate;

import io.prefstream.jobs.common.tokens.TokenHashes;

/** Hashes of all runs of words of a text, of any length, each in a few nanoseconds. */
final class Windows {

    private static final long BASE = 0x9e3779b97f4a7c15L;

    private final TokenHashes words;

    /** Polynomial hashes of the beginnings of the text. */
    private final long[] prefixes;

    Windows(TokenHashes words) {
        this.words = words;
        this.prefixes = new long[words.size() + 1];
        for (int i = 0; i < words.size(); i++) {
            prefixes[i + 1] = prefixes[i] * BASE + words.at(i);
        }
    }

    int words() {
        return words.size();
    }

    /** How many runs of a length there are. */
    int count(int length) {
        return Math.max(0, words.size() - length + 1);
    }

    /** The hash of a run, its length included; never 0. */
    long hash(int from, int length, long power) {
        long hash = prefixes[from + length] - prefixes[from] * power;
        long mixed = TokenHashes.mix(hash + length);
        return mixed == 0 ? 1 : mixed;
    }

    static long power(int length) {
        long power = 1;
        for (int i = 0; i < length; i++) {
            power *= BASE;
        }
        return power;
    }

    /** How many different words of a run are not numbers. */
    int distinctWords(int from, int length) {
        int distinct = 0;
        for (int i = from; i < from + length; i++) {
            boolean counts = !words.isNumber(i);
            for (int j = from; counts && j < i; j++) {
                counts = words.at(j) != words.at(i);
            }
            distinct += counts ? 1 : 0;
        }
        return distinct;
    }
}
