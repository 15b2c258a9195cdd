package io.prefstream.ingest.redact;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** User and password in a web address or in that of a database, by {@code ://}. */
final class UrlCredentialsFinder implements Finder {

    private static final int LONGEST = 400;
    private static final int LONGEST_SCHEME = 20;

    private static final Pattern USER_AND_PASSWORD =
            Pattern.compile(
                    "([^\\s:/@\"'`<>{}$()?#]{0,64}+):([^\\s@\"'`<>/{}$()]{3,200}+)@(?=[\\w\\[])");

    private static final Set<String> WEB =
            Set.of("http", "https", "ftp", "ftps", "sftp", "ssh", "git", "ws", "wss");

    private static final Set<String> MADE_UP =
            Set.of("pass", "pwd", "pass1", "pw", "secret", "test", "user", "guest", "token");

    @Override
    public @Nullable Finding at(String text, int start, int end) {
        int from = start;
        while (from > 0
                && start - from < LONGEST_SCHEME
                && (Boundaries.isWord(text.charAt(from - 1)) || text.charAt(from - 1) == '+')
                && !Boundaries.isEscape(text, from - 1)) {
            from--;
        }
        if (from == start) {
            return null;
        }
        Matcher matcher =
                USER_AND_PASSWORD
                        .matcher(text)
                        .useTransparentBounds(true)
                        .region(end, Math.min(text.length(), end + LONGEST));
        if (!matcher.lookingAt()) {
            return null;
        }
        String password = matcher.group(2).toLowerCase(Locale.ROOT);
        if (Plausibility.madeUp(password) || MADE_UP.contains(password)) {
            return null;
        }
        String scheme = text.substring(from, start).toLowerCase(Locale.ROOT);
        return new Finding(
                WEB.contains(scheme) ? "BASIC_AUTH_URL" : "CONNECTION_STRING",
                matcher.start(1),
                matcher.end(2),
                Finding.PROVIDER);
    }
}
