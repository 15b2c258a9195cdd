package io.prefstream.ingest.redact;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value that is given to something called a password, secret, token or key: as a string in the
 * ways in which languages assign, pass and map, or bare behind {@code NAME=} as in a shell.
 */
final class AssignmentFinder implements Finder {

    /** Names of what people choose. */
    static final List<String> PASSWORDS =
            List.of("password", "passwd", "passphrase", "pwd", "passcode", "kennwort");

    /** Names of what machines draw. */
    static final List<String> TOKENS =
            List.of(
                    "secret",
                    "token",
                    "apikey",
                    "api_key",
                    "api-key",
                    "accesskey",
                    "access_key",
                    "access-key",
                    "authkey",
                    "auth_key",
                    "privatekey",
                    "private_key",
                    "credential",
                    "encryptionkey",
                    "encryption_key",
                    "signingkey",
                    "signing_key",
                    "masterkey",
                    "master_key");

    private static final int LONGEST = 400;

    /** From the end of the name to the end of the string. */
    private static final Pattern STRING =
            Pattern.compile(
                    "[\\w.-]{0,40}+[\"'\\]]{0,2}+\\s{0,3}+"
                            // A type behind the name: TypeScript, Rust, Go, C.
                            + "(?::\\s?[&\\w<>' ]{1,24}(?==)|\\[\\d{0,5}\\]|string)?+\\s{0,3}+"
                            + "(?:=>|:=|={1,3}|:|\\(|,)\\s{0,40}+[bBrRuUfFL@]{0,2}+"
                            + "([\"'`])((?:(?!\\1)[^\\\\\\n\\r]|\\\\[^\\n\\r]){4,256}+)\\1");

    private static final Pattern BARE =
            Pattern.compile("[\\w]{0,40}+=([A-Za-z0-9+/_.~-]{16,256}+={0,2}+)(?![(\\[\\w])");

    private final String kind;
    private final Predicate<String> plausible;

    AssignmentFinder(String kind, Predicate<String> plausible) {
        this.kind = kind;
        this.plausible = plausible;
    }

    @Override
    public @Nullable Finding at(String text, int start, int end) {
        int limit = Math.min(text.length(), end + LONGEST);
        Matcher string = STRING.matcher(text).region(end, limit);
        if (string.lookingAt()) {
            return plausible.test(string.group(2))
                    ? new Finding(kind, string.start(2), string.end(2), Finding.CONTEXT)
                    : null;
        }
        Matcher bare = BARE.matcher(text).useTransparentBounds(true).region(end, limit);
        return bare.lookingAt() && isDrawn(bare.group(1))
                ? new Finding(kind, bare.start(1), bare.end(1), Finding.CONTEXT)
                : null;
    }

    /** Bare words are mostly names: a value has digits in several places. */
    private static boolean isDrawn(String value) {
        long digits = value.chars().filter(c -> c >= '0' && c <= '9').count();
        return digits >= 3 && value.indexOf('.') < 0 && Plausibility.token(value);
    }
}
