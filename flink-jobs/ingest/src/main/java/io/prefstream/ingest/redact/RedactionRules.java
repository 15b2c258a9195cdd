package io.prefstream.ingest.redact;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What is replaced.
 *
 * <p>Formats of providers are in {@code formats.tsv} beside this class; the other kinds have
 * finders of their own.
 *
 * @param kinds names of the kinds
 */
public record RedactionRules(Set<String> kinds) implements Serializable {

    private static final List<String> OTHERS =
            List.of(
                    "PEM_PRIVATE_KEY",
                    "OPENSSH_PRIVATE_KEY",
                    "PGP_PRIVATE_KEY",
                    "BASIC_AUTH_URL",
                    "PASSWORD",
                    "SECRET",
                    "EMAIL",
                    "IPV4",
                    "IPV6");

    private static final class Formats {
        static final List<String[]> ROWS = rows();
    }

    public RedactionRules {
        kinds = Set.copyOf(kinds);
        for (String kind : kinds) {
            if (!known().contains(kind)) {
                throw new IllegalArgumentException("there is no kind " + kind);
            }
        }
    }

    /** Everything that is known. */
    public static RedactionRules all() {
        return new RedactionRules(known());
    }

    /** The names of all kinds. */
    static Set<String> known() {
        Set<String> names = new TreeSet<>(OTHERS);
        Formats.ROWS.forEach(row -> names.add(row[0]));
        return names;
    }

    /** Ready to work; not for several threads at once. */
    public Redactor redactor() {
        return new Redactor(new KeywordScanner<>(finders()), kinds);
    }

    private SortedMap<String, List<Finder>> finders() {
        SortedMap<String, List<Finder>> finders = new TreeMap<>();
        for (String[] row : Formats.ROWS) {
            if (kinds.contains(row[0])) {
                FormatFinder finder = format(row);
                for (String keyword : row[1].split(" ", -1)) {
                    add(finders, keyword, finder);
                }
            }
        }
        // Whatever a finder gives of another kind than those wanted, the redactor leaves out.
        add(finders, "-----begin", new PrivateKeyFinder());
        add(finders, "://", new UrlCredentialsFinder());
        AssignmentFinder password = new AssignmentFinder("PASSWORD", Plausibility::password);
        AssignmentFinder.PASSWORDS.forEach(name -> add(finders, name, password));
        AssignmentFinder token = new AssignmentFinder("SECRET", Plausibility::token);
        AssignmentFinder.TOKENS.forEach(name -> add(finders, name, token));
        if (kinds.contains("EMAIL")) {
            add(finders, "@", new EmailFinder());
        }
        if (kinds.contains("IPV4")) {
            for (char digit = '0'; digit <= '9'; digit++) {
                add(finders, "." + digit, IpAddressFinder::v4);
            }
        }
        if (kinds.contains("IPV6")) {
            add(finders, ":", IpAddressFinder::v6);
        }
        return finders;
    }

    private static FormatFinder format(String[] row) {
        int dash = row[2].indexOf('-');
        int least = Integer.parseInt(dash < 0 ? row[2] : row[2].substring(0, dash));
        int most = dash < 0 ? least : Integer.parseInt(row[2].substring(dash + 1));
        boolean byName =
                row[0].equals("CONNECTION_STRING")
                        || row[0].equals("BEARER_TOKEN")
                        || row[0].equals("AUTHORIZATION_HEADER");
        return new FormatFinder(
                row[0],
                Pattern.compile("(?:" + row[3] + ")(?![A-Za-z0-9_])"),
                least,
                most,
                byName ? Finding.CONTEXT : Finding.PROVIDER);
    }

    private static void add(SortedMap<String, List<Finder>> finders, String keyword, Finder one) {
        finders.computeIfAbsent(keyword, k -> new ArrayList<>()).add(one);
    }

    private static List<String[]> rows() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        RedactionRules.class.getResourceAsStream("formats.tsv"),
                                        "formats.tsv"),
                                StandardCharsets.UTF_8))) {
            return lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("formats.tsv is damaged", e);
        }
    }
}
