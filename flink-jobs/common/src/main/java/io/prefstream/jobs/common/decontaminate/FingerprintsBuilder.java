package io.prefstream.jobs.common.decontaminate;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.CodeSplitter;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.jobs.common.tokens.TokenHashes;
import io.prefstream.schemas.ContentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Takes the fingerprints of a benchmark's items.
 *
 * <p>Of each item: every field as it is; and where the fields one after the other are a program,
 * each of its functions as ingest would cut it, without documentation and comments. So a solution
 * is known together with its first line, which makes even {@code return sum(l)} one of its kind.
 *
 * <p>A passage of fewer than n words is one fingerprint as a whole, if it has enough words to be of
 * anyone's making. Runs that are mostly numbers or one word over and over have none: everybody
 * counts to thirteen.
 */
public final class FingerprintsBuilder {

    /** Goes up when other fingerprints are taken of the same text. */
    private static final int RULES = 1;

    /** A run needs this many different words that aren't numbers. */
    static final int MIN_DISTINCT = 5;

    /** The same for a whole passage, which is shorter. */
    static final int MIN_DISTINCT_WHOLE = 4;

    /** Fewest words of a whole function, its name and parameters included. */
    static final int MIN_FUNCTION = 6;

    /** Fewest words of a whole field: it has no name of its own. */
    static final int MIN_FIELD = 6;

    private final String benchmark;
    private final int ngram;
    private final List<String> items = new ArrayList<>();
    private final Map<Long, Integer> owners = new TreeMap<>();
    private final TreeSet<Integer> lengths = new TreeSet<>();
    private String digest = "";

    /**
     * @param benchmark the benchmark's name
     * @param ngram words of a run
     */
    public FingerprintsBuilder(String benchmark, int ngram) {
        this.benchmark = benchmark;
        this.ngram = ngram;
        this.lengths.add(ngram);
    }

    /** Takes an item's fingerprints; a fingerprint of several items is the first one's. */
    public void add(String item, List<String> fields) {
        int number = items.size();
        items.add(item);
        digest = ContentId.of(digest, item, String.join("\u0000", fields));
        for (String field : fields) {
            take(number, field, MIN_FIELD);
        }
        String whole = String.join("\n", fields);
        for (Language language : List.of(Language.JAVA, Language.PYTHON)) {
            for (String function : functions(language, whole)) {
                take(number, CommentStyle.of(language.code()).strip(function), MIN_FUNCTION);
            }
        }
    }

    /** The set. */
    public Fingerprints build() {
        List<Fingerprints.Entry> entries = new ArrayList<>();
        owners.forEach((hash, item) -> entries.add(new Fingerprints.Entry(hash, item)));
        String version =
                ContentId.of(digest, Integer.toString(ngram), Integer.toString(RULES))
                        .substring(0, 16);
        return new Fingerprints(
                benchmark,
                version,
                ngram,
                items,
                lengths.stream().mapToInt(Integer::intValue).toArray(),
                entries);
    }

    private void take(int item, String passage, int minWords) {
        Windows windows = new Windows(TokenHashes.inLowerCase(passage));
        if (windows.words() < ngram) {
            int length = windows.words();
            if (length >= minWords && windows.distinctWords(0, length) >= MIN_DISTINCT_WHOLE) {
                lengths.add(length);
                owners.putIfAbsent(windows.hash(0, length, Windows.power(length)), item);
            }
            return;
        }
        long power = Windows.power(ngram);
        for (int from = 0; from < windows.count(ngram); from++) {
            if (windows.distinctWords(from, ngram) >= MIN_DISTINCT) {
                owners.putIfAbsent(windows.hash(from, ngram, power), item);
            }
        }
    }

    private static List<String> functions(Language language, String text) {
        try (SyntaxTree tree = SyntaxTree.parse(language, text)) {
            return tree.hasErrors()
                    ? List.of()
                    : CodeSplitter.functions(tree).stream().map(CodePart::text).toList();
        }
    }
}
