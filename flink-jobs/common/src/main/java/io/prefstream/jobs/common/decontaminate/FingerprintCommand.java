package io.prefstream.jobs.common.decontaminate;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a benchmark's fingerprints into a file. Equal input gives equal bytes.
 *
 * <p>Usage: {@code FingerprintCommand NAME N INPUT.jsonl[.gz][:FIELD+FIELD] OUTPUT.fingerprints}
 */
public final class FingerprintCommand {

    private static final int ARGUMENTS = 4;

    private FingerprintCommand() {}

    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    /** Exit code 0 for done, 1 for failed, 2 for bad usage. */
    static int run(String[] args, PrintStream out, PrintStream err) {
        if (args.length != ARGUMENTS || !args[1].matches("[1-9]\\d?")) {
            err.println("usage: FingerprintCommand NAME N INPUT[:FIELD+FIELD] OUTPUT");
            return 2;
        }
        try {
            Fingerprints set =
                    BenchmarkFile.parse(args[2]).fingerprints(args[0], Integer.parseInt(args[1]));
            byte[] bytes = FingerprintFormat.write(set);
            Files.write(Path.of(args[3]), bytes);
            out.printf(
                    "%s: %,d items, %,d fingerprints of n = %d, version %s, %,d bytes%n",
                    set.benchmark(),
                    set.items().size(),
                    set.size(),
                    set.ngram(),
                    set.version(),
                    bytes.length);
            return 0;
        } catch (IOException e) {
            err.println("no fingerprints: " + e.getMessage());
            return 1;
        }
    }
}
