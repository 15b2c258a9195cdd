package io.prefstream.jobs.common.decontaminate;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The benchmarks that are known without being told: HumanEval (prompts, canonical solutions and
 * tests) and the test set of GSM8K (questions and answers), for n = 13. Hashes only; {@link
 * FingerprintCommand} made them.
 */
public final class ShippedFingerprints {

    private static final List<String> NAMES = List.of("human-eval", "gsm8k-test");

    private ShippedFingerprints() {}

    /** All of them. */
    public static List<Fingerprints> all() {
        return NAMES.stream().map(ShippedFingerprints::load).toList();
    }

    private static Fingerprints load(String name) {
        String file = name + ".fingerprints";
        try (InputStream bytes = ShippedFingerprints.class.getResourceAsStream(file)) {
            if (bytes == null) {
                throw new IllegalStateException("resource " + file + " is missing");
            }
            return FingerprintFormat.read(new BufferedInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
