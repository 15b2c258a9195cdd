package io.prefstream.ingest.licence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * Makes {@code spdx.tsv.gz} of the jar of {@code org.spdx:java-spdx-library}, whose folder {@code
 * resources/stdlicenses} holds SPDX's list as JSON.
 *
 * <p>Usage: {@code BuildSpdxList JAVA-SPDX-LIBRARY.jar OUT}; {@code docs/ingest.md} has the
 * command.
 */
final class BuildSpdxList {

    /** Not approved by the OSI, but met in source code. */
    private static final List<String> OTHERS =
            List.of(
                    "CC0-1.0",
                    "X11",
                    "WTFPL",
                    "BSD-4-Clause",
                    "BSD-3-Clause-Clear",
                    "JSON",
                    "BSD-2-Clause-Views",
                    "BSD-Source-Code",
                    "Beerware",
                    "curl",
                    "Libpng",
                    "libtiff",
                    "IJG",
                    "ICU",
                    "FTL",
                    "OpenSSL",
                    "SSLeay-standalone",
                    "Ruby",
                    "TCL",
                    "Info-ZIP",
                    "bzip2-1.0.6",
                    "MIT-CMU",
                    "MIT-feh",
                    "HPND-sell-variant",
                    "Apache-1.0",
                    "CC-BY-3.0",
                    "CC-BY-4.0",
                    "CC-BY-SA-3.0",
                    "CC-BY-SA-4.0",
                    "CC-BY-NC-4.0",
                    "CC-BY-NC-SA-4.0",
                    "CC-BY-ND-4.0",
                    "CC-PDDC",
                    "SSPL-1.0",
                    "BUSL-1.1",
                    "Elastic-2.0",
                    "PolyForm-Noncommercial-1.0.0",
                    "PolyForm-Small-Business-1.0.0",
                    "Parity-7.0.0",
                    "Hippocratic-2.1",
                    "Classpath-exception-2.0",
                    "GPL-1.0-only",
                    "MPL-1.0",
                    "OLDAP-2.8",
                    "PSF-2.0",
                    "Python-2.0.1",
                    "Unicode-TOU",
                    "SMLNJ",
                    "Spencer-86",
                    "NAIST-2003",
                    "zlib-acknowledgement",
                    "OGL-UK-3.0",
                    "LLVM-exception");

    /** These come first where two licences have the same words. */
    private static final List<String> WELL_KNOWN =
            List.of(
                    "Apache-2.0",
                    "MIT",
                    "BSD-3-Clause",
                    "BSD-2-Clause",
                    "ISC",
                    "GPL-2.0-only",
                    "GPL-3.0-only",
                    "LGPL-2.1-only",
                    "LGPL-3.0-only",
                    "AGPL-3.0-only",
                    "MPL-2.0",
                    "EPL-2.0",
                    "EPL-1.0",
                    "Zlib",
                    "BSL-1.0",
                    "Unlicense",
                    "CC0-1.0");

    private static final Pattern MARK =
            Pattern.compile(
                    "<<(beginOptional[^>]*|endOptional|var;.*?match=\"(.*?)\")>>", Pattern.DOTALL);

    private static final Pattern ORIGINAL =
            Pattern.compile("original=\"(.*?)\";match=", Pattern.DOTALL);

    private final ObjectMapper json = new ObjectMapper();

    public static void main(String[] args) throws IOException {
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(args[0]));
                OutputStream file = Files.newOutputStream(Path.of(args[1]));
                PrintStream out =
                        new PrintStream(
                                new GZIPOutputStream(file), false, StandardCharsets.UTF_8)) {
            new BuildSpdxList().write(jar.getPath("resources/stdlicenses"), out);
        }
    }

    private void write(Path folder, PrintStream out) throws IOException {
        JsonNode list = json.readTree(Files.readAllBytes(folder.resolve("licenses.json")));
        out.print("version\t" + list.path("licenseListVersion").asText() + "\n");
        Set<String> wanted = new LinkedHashSet<>(WELL_KNOWN);
        wanted.addAll(OTHERS);
        Set<String> rest = new TreeSet<>();
        for (JsonNode licence : list.path("licenses")) {
            String id = licence.path("licenseId").asText();
            boolean osi = licence.path("isOsiApproved").asBoolean();
            boolean deprecated = licence.path("isDeprecatedLicenseId").asBoolean();
            out.printf(
                    "licence\t%s\t%d\t%d\t%s\n",
                    id, osi ? 1 : 0, deprecated ? 1 : 0, licence.path("name").asText());
            if (osi && !deprecated) {
                rest.add(id);
            } else if (deprecated) {
                wanted.remove(id);
            }
        }
        wanted.addAll(rest);
        JsonNode exceptions = json.readTree(Files.readAllBytes(folder.resolve("exceptions.json")));
        for (JsonNode exception : exceptions.path("exceptions")) {
            out.printf("exception\t%s\n", exception.path("licenseExceptionId").asText());
        }
        for (String id : wanted) {
            Path file = folder.resolve(id + ".json");
            if (!Files.exists(file)) {
                continue;
            }
            JsonNode licence = json.readTree(Files.readAllBytes(file));
            // A licence file doesn't say whether later versions count, only a header does.
            if (!id.endsWith("-or-later") && !id.equals("MPL-2.0-no-copyleft-exception")) {
                reference(out, "text", id, licence.path("standardLicenseTemplate").asText());
            }
            reference(out, "header", id, licence.path("standardLicenseHeaderTemplate").asText());
        }
    }

    private static void reference(PrintStream out, String kind, String id, String template) {
        if (template.isBlank()) {
            return;
        }
        List<String> segments = new ArrayList<>();
        for (String segment : required(template).split("\u0000", -1)) {
            List<String> words = LicenceWords.of(segment);
            if (!words.isEmpty()) {
                segments.add(String.join(" ", words));
            }
        }
        out.printf("%s\t%s\t%s\n", kind, id, String.join(" | ", segments));
    }

    /** The text without what may be left out; NUL where anything may stand. */
    private static String required(String template) {
        StringBuilder text = new StringBuilder();
        Deque<Integer> optional = new ArrayDeque<>();
        Matcher mark = MARK.matcher(template);
        int from = 0;
        while (mark.find()) {
            text.append(template, from, mark.start());
            from = mark.end();
            String what = mark.group(1);
            if (what.startsWith("beginOptional")) {
                optional.push(text.length());
            } else if (what.equals("endOptional")) {
                text.setLength(optional.pop());
                text.append('\u0000');
            } else if (mark.group(2).startsWith(".")) {
                text.append('\u0000');
            } else {
                Matcher original = ORIGINAL.matcher(what);
                text.append(original.find() ? original.group(1) : "");
            }
        }
        return text.append(template.substring(from)).toString();
    }
}
