package io.prefstream.ingest.licence;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * SPDX's list: all identifiers, and the words of the licences that source code is usually under.
 *
 * <p>Read from {@code spdx.tsv.gz} beside this class, which {@code BuildSpdxList} (in the tests)
 * makes of the JSON files in {@code org.spdx:java-spdx-library}; the list's data is under CC0-1.0.
 * Lines: {@code version}, {@code licence ID OSI DEPRECATED NAME}, {@code exception ID}, {@code text
 * ID WORDS} and {@code header ID WORDS}, where {@code |} stands for words that may vary.
 */
final class SpdxList {

    static final String RESOURCE = "spdx.tsv.gz";

    /** Own identifiers, for what isn't on the list. */
    private static final String OWN = "licenseref-";

    /** What deprecated identifiers mean today. */
    private static final Map<String, String> REPLACED = replaced();

    private static final class Holder {
        static final SpdxList LIST = read();
    }

    /**
     * Words that stand for a licence.
     *
     * @param id the licence
     * @param header whether they are a notice that points to it rather than its text
     */
    record Reference(String id, boolean header, List<List<String>> segments) {}

    private final String version;
    private final Map<String, String> ids;
    private final Map<String, String> names;
    private final Map<String, String> exceptions;
    private final List<Reference> references;

    private SpdxList(
            String version,
            Map<String, String> ids,
            Map<String, String> names,
            Map<String, String> exceptions,
            List<Reference> references) {
        this.version = version;
        this.ids = ids;
        this.names = names;
        this.exceptions = exceptions;
        this.references = references;
    }

    /** The list; immutable, read once for the process (about 0.2 s). */
    static SpdxList get() {
        return Holder.LIST;
    }

    /** Version of SPDX's list. */
    String version() {
        return version;
    }

    /** Full names by licence: {@code Apache License 2.0}. */
    Map<String, String> names() {
        return names;
    }

    /** The texts and headers of well-known licences. */
    List<Reference> references() {
        return references;
    }

    /** The licence of an identifier in any case, with {@code +} for later versions. */
    Optional<SpdxExpression> licence(String identifier) {
        String wanted = identifier.toLowerCase(Locale.ROOT);
        if (wanted.startsWith(OWN)) {
            return Optional.of(new SpdxExpression.Id("LicenseRef-" + identifier.substring(11)));
        }
        String exact = REPLACED.getOrDefault(wanted, ids.get(wanted));
        if (exact != null) {
            return with(exact);
        }
        // "Apache-2.0+" is that version and each later one: what allows the first allows it.
        return wanted.endsWith("+")
                ? licence(identifier.substring(0, identifier.length() - 1))
                : Optional.empty();
    }

    /** An exception as the list spells it. */
    Optional<String> exception(String identifier) {
        return Optional.ofNullable(exceptions.get(identifier.toLowerCase(Locale.ROOT)));
    }

    private static Optional<SpdxExpression> with(String id) {
        int with = id.indexOf(" WITH ");
        return Optional.of(
                with < 0
                        ? new SpdxExpression.Id(id)
                        : new SpdxExpression.With(
                                new SpdxExpression.Id(id.substring(0, with)),
                                id.substring(with + 6)));
    }

    private static Map<String, String> replaced() {
        Map<String, String> replaced = new HashMap<>();
        for (String version :
                List.of(
                        "GPL-1.0",
                        "GPL-2.0",
                        "GPL-3.0",
                        "LGPL-2.0",
                        "LGPL-2.1",
                        "LGPL-3.0",
                        "AGPL-1.0",
                        "AGPL-3.0",
                        "GFDL-1.1",
                        "GFDL-1.2",
                        "GFDL-1.3")) {
            String key = version.toLowerCase(Locale.ROOT);
            replaced.put(key, version + "-only");
            replaced.put(key + "+", version + "-or-later");
        }
        replaced.put(
                "gpl-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0");
        replaced.put("gpl-2.0-with-gcc-exception", "GPL-2.0-only WITH GCC-exception-2.0");
        replaced.put("gpl-3.0-with-gcc-exception", "GPL-3.0-only WITH GCC-exception-3.1");
        replaced.put("bsd-2-clause-freebsd", "BSD-2-Clause");
        replaced.put("bsd-2-clause-netbsd", "BSD-2-Clause");
        replaced.put("standardml-nj", "SMLNJ");
        replaced.put("bsl-1", "BSL-1.0");
        return Map.copyOf(replaced);
    }

    private static SpdxList read() {
        String version = "";
        Map<String, String> ids = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        Map<String, String> exceptions = new HashMap<>();
        List<Reference> references = new ArrayList<>();
        try (InputStream resource =
                        Objects.requireNonNull(
                                SpdxList.class.getResourceAsStream(RESOURCE), RESOURCE);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        new GZIPInputStream(resource), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split("\t", -1);
                String key = cells[1].toLowerCase(Locale.ROOT);
                switch (cells[0]) {
                    case "version" -> version = cells[1];
                    case "licence" -> {
                        ids.put(key, cells[1]);
                        if (cells[3].equals("0")) {
                            names.put(cells[1], cells[4]);
                        }
                    }
                    case "exception" -> exceptions.put(key, cells[1]);
                    default ->
                            references.add(
                                    new Reference(
                                            cells[1],
                                            cells[0].equals("header"),
                                            segments(cells[2])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " is damaged", e);
        }
        return new SpdxList(
                version,
                Map.copyOf(ids),
                Map.copyOf(names),
                Map.copyOf(exceptions),
                List.copyOf(references));
    }

    private static List<List<String>> segments(String words) {
        List<List<String>> segments = new ArrayList<>();
        for (String segment : words.split("\\|", -1)) {
            if (!segment.isBlank()) {
                segments.add(List.of(segment.strip().split(" ", -1)));
            }
        }
        return List.copyOf(segments);
    }
}
