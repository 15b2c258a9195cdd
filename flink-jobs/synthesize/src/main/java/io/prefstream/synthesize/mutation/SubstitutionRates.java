package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How often a substitution that is possible is also allowed, so that over much code as many tokens
 * go in on one side as on the other.
 *
 * <p>Published code has, say, four {@code <} for each {@code <=}: mutating every site alike would
 * put {@code <=} on the rejected side four times as often as on the chosen side, and a model would
 * learn to count. So a substitution is allowed with probability {@code min(1, sites of the reverse
 * / sites of this)}. The counts come from published code and are kept beside this class in {@code
 * substitution-sites-LANGUAGE.csv}, whose header names the command that wrote it; nothing is
 * learned while running, so the same snippet and seed always give the same pair.
 */
final class SubstitutionRates {

    private final Map<Substitution, Long> sites;

    SubstitutionRates(Map<Substitution, Long> sites) {
        this.sites = Map.copyOf(sites);
    }

    /** The committed table of a language. */
    static SubstitutionRates of(Language language) {
        String name = "substitution-sites-" + language.code() + ".csv";
        Map<Substitution, Long> sites = new HashMap<>();
        try (InputStream resource = SubstitutionRates.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] fields = line.split(",", -1);
                    sites.put(new Substitution(fields[0], fields[1]), Long.parseLong(fields[2]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + name, e);
        }
        return new SubstitutionRates(sites);
    }

    /** Every substitution in the table. */
    Set<Substitution> substitutions() {
        return sites.keySet();
    }

    /** How often a substitution was possible in the code that was counted. */
    long sites(Substitution substitution) {
        return sites.getOrDefault(substitution, 0L);
    }

    /** The probability with which a possible substitution is allowed; 0 for an unknown one. */
    double rate(Substitution substitution) {
        long possible = sites(substitution);
        long reverse = sites(substitution.reversed());
        return possible == 0 ? 0 : Math.min(1.0, (double) reverse / possible);
    }
}
