package io.prefstream.ingest.redact;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * E-mail addresses, by an {@code @} between a local part and a domain whose last part is one that
 * exists ({@code domains.txt}). Those of RFC 2606's domains stay, as does {@code git@} in front of
 * a host.
 */
final class EmailFinder implements Finder {

    private static final int LONGEST_LOCAL = 64;
    private static final int LONGEST_DOMAIN = 253;
    private static final Set<String> USERS = Set.of("git", "hg", "svn", "ssh", "noreply");
    private static final Set<String> RESERVED =
            Set.of("example", "test", "invalid", "localhost", "local", "internal");

    private static final Set<String> TOP_LEVEL = topLevel();

    @Override
    public @Nullable Finding at(String text, int start, int end) {
        int from = start;
        while (from > 0
                && start - from < LONGEST_LOCAL
                && isLocal(text.charAt(from - 1))
                && !Boundaries.isEscape(text, from - 1)) {
            from--;
        }
        while (from < start && !Boundaries.isWord(text.charAt(from))) {
            from++;
        }
        int to = end;
        while (to < text.length() && to - end < LONGEST_DOMAIN && isDomain(text.charAt(to))) {
            to++;
        }
        while (to > end && !Boundaries.isWord(text.charAt(to - 1))) {
            to--;
        }
        if (from == start || text.charAt(start - 1) == '.' || to == end) {
            return null;
        }
        String domain = text.substring(end, to).toLowerCase(Locale.ROOT);
        int dot = domain.lastIndexOf('.');
        if (dot < 1
                || domain.startsWith("-")
                || domain.contains("..")
                || !TOP_LEVEL.contains(domain.substring(dot + 1))
                || isReserved(domain)
                || USERS.contains(text.substring(from, start))
                || isCode(text, to)) {
            return null;
        }
        return new Finding("EMAIL", from, to, Finding.PERSONAL);
    }

    /** Matrices are multiplied with an {@code @} too: {@code q@k.to(device)}. */
    private static boolean isCode(String text, int to) {
        return to < text.length() && (text.charAt(to) == '(' || text.charAt(to) == '[');
    }

    private static boolean isReserved(String domain) {
        String[] parts = domain.split("\\.", -1);
        String last = parts[parts.length - 1];
        String name = parts[parts.length - 2];
        return RESERVED.contains(last)
                || (name.equals("example")
                        && (last.equals("com") || last.equals("org") || last.equals("net")));
    }

    private static boolean isLocal(char c) {
        return Boundaries.isWord(c) || c == '.' || c == '+' || c == '-' || c == '%';
    }

    private static boolean isDomain(char c) {
        return Boundaries.isWord(c) && c != '_' || c == '.' || c == '-';
    }

    private static Set<String> topLevel() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        EmailFinder.class.getResourceAsStream("domains.txt"),
                                        "domains.txt"),
                                StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> java.util.Arrays.stream(line.split(" ", -1)))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("domains.txt is damaged", e);
        }
    }
}
