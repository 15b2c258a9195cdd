package io.prefstream.ingest.redact;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Whether a value that stands where a secret would stand is one. */
final class Plausibility {

    private static final List<String> MADE_UP =
            List.of(
                    "example",
                    "sample",
                    "changeme",
                    "change_me",
                    "change-me",
                    "placeholder",
                    "dummy",
                    "your_",
                    "your-",
                    "yourp",
                    "yours",
                    "yourt",
                    "yourk",
                    "xxxx",
                    "****",
                    "....",
                    "----",
                    "____",
                    "redacted",
                    "replace",
                    "insert",
                    "foobar",
                    "password",
                    "passwd",
                    "not-a-real",
                    "notarealkey",
                    "12345678",
                    "abcdefgh",
                    "aaaaaaaa",
                    "00000000");

    /** Words, dotted or dashed or in camel case, with a number at most behind them. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z$]++(?:[._:/ $-]++[A-Za-z$]++)*+[._:-]?\\d{0,2}");

    /** A constant or function of a library: {@code openssl_x509_checkpurpose}. */
    private static final Pattern SNAKE_CASE =
            Pattern.compile("(?:[a-z][a-z0-9]*+_)(?:[a-z0-9]++_?)++|[a-z]++-[0-9]{1,4}");

    /** A path: {@code projects/123/secrets/a}. */
    private static final Pattern PATH = Pattern.compile("[\\w.-]++(?:/[\\w.-]++)++");

    /** What isn't a value but is made into one. */
    private static final Pattern TEMPLATE =
            Pattern.compile(
                    "[\\s<>{}()\\[\\]|]|%[sdvx]|\\$\\w|\\\\[dws]|://|^(?:[./~]|--)|[*+]$|^\\w+:\\?");

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9+/=_.~:!@#$%^&*,-]++");

    private static final double LEAST_ENTROPY_OF_A_PASSWORD = 2.5;
    private static final double LEAST_ENTROPY_OF_A_TOKEN = 3.3;
    private static final int LEAST_CHARS_OF_A_PASSWORD = 6;
    private static final int LEAST_CHARS_OF_A_TOKEN = 12;

    private Plausibility() {}

    /** Whether people write such a value to show where theirs goes. */
    static boolean madeUp(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        return MADE_UP.stream().anyMatch(lower::contains) || lower.chars().distinct().count() <= 4;
    }

    /** A password: not a name or template, of letters and something else. */
    static boolean password(String value) {
        return value.length() >= LEAST_CHARS_OF_A_PASSWORD
                && value.chars().anyMatch(Character::isLetter)
                && !value.chars().allMatch(Character::isLetter)
                && !NAME.matcher(value).matches()
                && !PATH.matcher(value).matches()
                && !SNAKE_CASE.matcher(value).matches()
                && !TEMPLATE.matcher(value).find()
                && entropy(value) >= LEAST_ENTROPY_OF_A_PASSWORD
                && !madeUp(value);
    }

    /** A key or token: as good as random, of letters and digits. */
    static boolean token(String value) {
        return value.length() >= LEAST_CHARS_OF_A_TOKEN
                && value.chars().anyMatch(Character::isLetter)
                && value.chars().filter(Plausibility::isDigit).limit(2).count() == 2
                && TOKEN.matcher(value).matches()
                && !NAME.matcher(value).matches()
                && !SNAKE_CASE.matcher(value).matches()
                && !TEMPLATE.matcher(value).find()
                && entropy(value) >= Math.min(LEAST_ENTROPY_OF_A_TOKEN, leastForLength(value))
                && !madeUp(value);
    }

    /** Shannon's entropy of a value's characters, in bits each. */
    static double entropy(String value) {
        int[] counts = new int[128];
        int others = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 128) {
                counts[c]++;
            } else {
                others++;
            }
        }
        double entropy = 0;
        double all = value.length();
        for (int count : counts) {
            if (count > 0) {
                entropy -= count / all * Math.log(count / all) / Math.log(2);
            }
        }
        return entropy + others / all * (Math.log(all) / Math.log(2));
    }

    /** A short value cannot have much entropy: 0.85 of what one without repetition has. */
    private static double leastForLength(String value) {
        return 0.85 * Math.log(value.length()) / Math.log(2);
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
