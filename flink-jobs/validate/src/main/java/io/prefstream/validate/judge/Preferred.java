package io.prefstream.validate.judge;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The answer that a judge calls better. */
enum Preferred {
    A,
    B,
    NEITHER;

    private static final Pattern SAID = Pattern.compile("\\[\\[([ABC])]]");

    /** The last word of a judge's answer: {@code [[A]]}, {@code [[B]]}, or {@code [[C]]}. */
    static Optional<Preferred> in(String answer) {
        Matcher said = SAID.matcher(answer);
        Optional<Preferred> last = Optional.empty();
        while (said.find()) {
            last = Optional.of(values()[said.group(1).charAt(0) - 'A']);
        }
        return last;
    }

    /** 1 for answer A, -1 for answer B, 0 for neither. */
    int sign() {
        return this == A ? 1 : this == B ? -1 : 0;
    }
}
