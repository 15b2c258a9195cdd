package io.prefstream.model.engine;

import io.prefstream.model.tokenizer.CodeTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * A growing text of tokens: what is new in it is told in whole characters, and nothing is told that
 * may turn out to be the beginning of a stop string.
 *
 * <p>Only the tokens since the last complete character but one are decoded again, so a token costs
 * the same at the end of a long text as at its beginning.
 */
final class TokenText {
    private static final char REPLACEMENT = '\ufffd';

    private final CodeTokenizer tokenizer;
    private final List<String> stops;
    private final StringBuilder text = new StringBuilder();
    private int told;
    private boolean stopped;

    /** Tokens that are decoded together: the first {@link #settled} of them are in the text. */
    private int[] window = new int[32];

    private int size;
    private int settled;
    private String settledText = "";

    TokenText(CodeTokenizer tokenizer, List<String> stops) {
        this.tokenizer = tokenizer;
        this.stops = stops;
    }

    /**
     * Adds a token.
     *
     * @return what can be told of the text now; empty when nothing can
     */
    String add(int token) {
        if (size == window.length) {
            window = Arrays.copyOf(window, 2 * size);
        }
        window[size++] = token;
        String decoded = tokenizer.text(window, size);
        // An incomplete character is decoded as a replacement: its next bytes are to come.
        boolean whole = decoded.isEmpty() || decoded.charAt(decoded.length() - 1) != REPLACEMENT;
        if (!whole || !decoded.startsWith(settledText)) {
            return "";
        }
        append(decoded.substring(settledText.length()));
        // The last tokens stay, so that the next are decoded in their company.
        System.arraycopy(window, settled, window, 0, size - settled);
        size -= settled;
        settled = size;
        settledText = tokenizer.text(window, size);
        return tell(text.length() - heldBack());
    }

    /** Whether a stop string has appeared; the text ends before it. */
    boolean stopped() {
        return stopped;
    }

    /** The end of the text: what is left to tell. */
    String end() {
        if (!stopped && settled < size) {
            String decoded = tokenizer.text(window, size);
            if (decoded.startsWith(settledText)) {
                append(decoded.substring(settledText.length()));
            }
        }
        return tell(text.length());
    }

    /** All of it so far. */
    String text() {
        return text.toString();
    }

    private void append(String more) {
        int from = text.length();
        text.append(more);
        int first = -1;
        for (String stop : stops) {
            int at = text.indexOf(stop, Math.max(0, from - stop.length() + 1));
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        if (first >= 0) {
            text.setLength(first);
            stopped = true;
        }
    }

    /** Characters at the end that a stop string begins with. */
    private int heldBack() {
        int most = 0;
        if (stopped) {
            return 0;
        }
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, text.length()); n > most; n--) {
                if (text.lastIndexOf(stop.substring(0, n)) == text.length() - n) {
                    most = n;
                    break;
                }
            }
        }
        return most;
    }

    private String tell(int until) {
        if (until <= told) {
            return "";
        }
        String fresh = text.substring(told, until);
        told = until;
        return fresh;
    }
}
