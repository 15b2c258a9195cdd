package io.prefstream.ingest.redact;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Public IP addresses of both versions. Private, local, documentation, multicast and reserved ones
 * stay (RFC 6890), and so do those of well-known name servers and what looks like a version or an
 * section or object identifier: with a word for it before, with two numbers below 10 in front, or
 * with none of 50 and above. That costs two public addresses in a thousand.
 */
final class IpAddressFinder {

    private static final Pattern VERSION =
            Pattern.compile(
                    "(?i)(?:(?:version|release|section)[\\w\"'>]{0,10}|(?<![a-z])(?:oid|rev|ver|v|sec|§)[\"'>]?)"
                        + "\\s{0,3}[:=(\"']{0,3}\\s{0,3}[\"']?$");

    private static final Pattern KNOWN_SERVER =
            Pattern.compile(
                    "8\\.8\\.(8\\.8|4\\.4)|1\\.[01]\\.[01]\\.1|9\\.9\\.9\\.9|4\\.2\\.2\\.[12]|123\\.45\\.67\\.89");

    private static final Pattern PROTOCOLS =
            Pattern.compile("2001:(?::|0{0,3}[0-9a-f]{1,2}:|0?1[0-9a-f]{2}:)");

    private static final int LOOK_BACK = 40;
    private static final int LEAST_LARGE_NUMBER = 50;
    private static final int PARTS_OF_V6 = 8;

    private IpAddressFinder() {}

    /**
     * Version 4, by a dot before a digit.
     *
     * @param start where the dot is
     */
    static @Nullable Finding v4(String text, int start, int end) {
        int from = start;
        while (from > 0 && start - from < 4 && Boundaries.isDigit(text.charAt(from - 1))) {
            from--;
        }
        if (from == start || !startsNumber(text, from)) {
            return null;
        }
        int[] parts = new int[4];
        int at = from;
        for (int i = 0; i < 4; i++) {
            int begin = at;
            while (at < text.length() && at - begin < 4 && Boundaries.isDigit(text.charAt(at))) {
                parts[i] = parts[i] * 10 + text.charAt(at++) - '0';
            }
            boolean leadingZero = at - begin > 1 && text.charAt(begin) == '0';
            if (at == begin || parts[i] > 255 || leadingZero) {
                return null;
            }
            if (i < 3 && (at >= text.length() || text.charAt(at++) != '.')) {
                return null;
            }
        }
        boolean goesOn =
                at < text.length()
                        && (Boundaries.isWord(text.charAt(at))
                                || text.charAt(at) == '-'
                                || (text.charAt(at) == '.'
                                        && at + 1 < text.length()
                                        && Boundaries.isDigit(text.charAt(at + 1))));
        return goesOn || isSpecial(parts) || isVersion(text, from, at)
                ? null
                : new Finding("IPV4", from, at, Finding.PERSONAL);
    }

    private static boolean startsNumber(String text, int from) {
        if (from == 0) {
            return true;
        }
        char before = text.charAt(from - 1);
        return Boundaries.before(text, from) && before != '.' && before != '-';
    }

    private static boolean isVersion(String text, int from, int to) {
        return KNOWN_SERVER.matcher(text.substring(from, to)).matches()
                || VERSION.matcher(text.substring(Math.max(0, from - LOOK_BACK), from)).find();
    }

    private static boolean isSpecial(int[] p) {
        return p[0] == 0
                || p[0] == 10
                || p[0] == 127
                || p[0] >= 224
                || (p[0] < 10 && p[1] < 10)
                || Arrays.stream(p).max().orElse(0) < LEAST_LARGE_NUMBER
                || (p[0] == 100 && p[1] >= 64 && p[1] < 128)
                || (p[0] == 169 && p[1] == 254)
                || (p[0] == 172 && p[1] >= 16 && p[1] < 32)
                || (p[0] == 192 && p[1] == 168)
                || (p[0] == 192 && p[1] == 0 && (p[2] == 0 || p[2] == 2))
                || (p[0] == 192 && p[1] == 88 && p[2] == 99)
                || (p[0] == 198 && (p[1] == 18 || p[1] == 19))
                || (p[0] == 198 && p[1] == 51 && p[2] == 100)
                || (p[0] == 203 && p[1] == 0 && p[2] == 113);
    }

    /**
     * Version 6, by its first colon. All public addresses are in 2000::/3, so their first part has
     * four digits, of which the first is 2 or 3: which keeps times, scopes and labels out.
     */
    static @Nullable Finding v6(String text, int start, int end) {
        int from = start - 4;
        if (from < 0
                || (text.charAt(from) != '2' && text.charAt(from) != '3')
                || !Boundaries.before(text, from)
                || (from > 0 && text.charAt(from - 1) == ':')) {
            return null;
        }
        int at = from;
        int parts = 0;
        boolean gap = false;
        while (true) {
            int begin = at;
            while (at < text.length() && at - begin < 5 && Boundaries.isHex(text.charAt(at))) {
                at++;
            }
            if (at - begin > 4) {
                return null;
            }
            if (at == begin) {
                break;
            }
            parts++;
            if (at >= text.length() || text.charAt(at) != ':') {
                break;
            }
            if (text.startsWith("::", at)) {
                if (gap) {
                    return null;
                }
                gap = true;
                at += 2;
            } else if (at + 1 < text.length() && Boundaries.isHex(text.charAt(at + 1))) {
                at++;
            } else {
                break;
            }
        }
        boolean whole = gap ? parts >= 2 && parts < PARTS_OF_V6 : parts == PARTS_OF_V6;
        String address = text.substring(from, at).toLowerCase(Locale.ROOT);
        boolean documentation =
                address.startsWith("2001:db8:")
                        || address.startsWith("2001:0db8:")
                        || address.startsWith("3fff:");
        // A network, not a host; and the block of protocols, such as Teredo's (RFC 2928).
        boolean special = address.endsWith("::") || PROTOCOLS.matcher(address).lookingAt();
        return !whole || special || documentation || !Boundaries.after(text, at)
                ? null
                : new Finding("IPV6", from, at, Finding.PERSONAL);
    }
}
