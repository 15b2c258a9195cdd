package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Language;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often a substitution that is possible is also allowed, so that over much code as many tokens
 * go in on one side as on the other.
 *
 * <p>Published code has, say, four {@code <} for each {@code <=}: mutating every site alike would
 * put {@code <=} on the rejected side four times as often as on the chosen side, and a model would
 * learn to count. So the commoner direction is allowed with a probability below 1. The
 * probabilities are found on published code, by drawing mutations and correcting until the traffic
 * is even, and kept beside this class in {@code substitution-rates-LANGUAGE.csv}, whose header
 * names the command that wrote it; nothing is learned while running, so the same snippet and seed
 * always give the same pair.
 */
final class SubstitutionRates {

    private static final Map<Language, SubstitutionRates> COMMITTED = committed();

    private final Map<Substitution, Double> rates;

    /**
     * @param rates the probability in (0, 1] with which each possible substitution is allowed
     */
    SubstitutionRates(Map<Substitution, Double> rates) {
        this.rates = Map.copyOf(rates);
    }

    /** The committed table of a language. */
    static SubstitutionRates of(Language language) {
        SubstitutionRates table = COMMITTED.get(language);
        if (table == null) {
            throw new IllegalStateException("no substitution rates for " + language.code());
        }
        return table;
    }

    private static Map<Language, SubstitutionRates> committed() {
        Map<Language, SubstitutionRates> tables = new EnumMap<>(Language.class);
        for (Language language : Dialect.LANGUAGES) {
            tables.put(language, read("substitution-rates-" + language.code() + ".csv"));
        }
        return tables;
    }

    private static SubstitutionRates read(String name) {
        Map<Substitution, Double> rates = new HashMap<>();
        try (InputStream resource = SubstitutionRates.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] fields = line.split(",", -1);
                    rates.put(
                            new Substitution(fields[0], fields[1]), Double.parseDouble(fields[2]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource " + name, e);
        }
        return new SubstitutionRates(rates);
    }

    /** Every substitution in the table. */
    Set<Substitution> substitutions() {
        return rates.keySet();
    }

    /**
     * The probability with which a possible substitution is allowed; 0 for an unknown one, 1 for
     * none at all.
     */
    double rate(@Nullable Substitution substitution) {
        return substitution == null ? 1 : rates.getOrDefault(substitution, 0.0);
    }
}
