package io.prefstream.ingest.licence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The licence that a package's manifest states: Maven's {@code pom.xml}, npm's {@code
 * package.json}, Cargo's, and Python's {@code pyproject.toml}, {@code setup.cfg} and {@code
 * PKG-INFO}.
 *
 * <p>Several licences of one manifest are a choice, as Maven's reference says; several of Python's
 * classifiers too.
 */
final class PackageManifest {

    private static final int LONGEST_LINE = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern SECTION = Pattern.compile("\\s*\\[+([\\w.\"-]+)]+\\s*");

    /**
     * {@code license = "MIT"}, {@code license = { text = "MIT" }}, and setup.cfg's without quotes.
     */
    private static final Pattern ENTRY =
            Pattern.compile(
                    "\\s*license(?:-expression)?\\s*=\\s*(?:\\{\\s*text\\s*=\\s*)?[\"']?([^\"'{}\\n"
                            + "]+?)[\"']?\\s*}?\\s*");

    private static final Pattern HEADER_LINE =
            Pattern.compile("(License-Expression|License|Classifier):\\s*(.*)");

    private PackageManifest() {}

    /** What a manifest states; empty where it states nothing that SPDX knows. */
    static Optional<SpdxExpression> licence(String path, String text) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "pom.xml" -> choice(pom(text));
            case "package.json" -> choice(npm(text));
            case "cargo.toml" -> choice(entries(text, "package"));
            case "pyproject.toml" -> choice(entries(text, "project", "tool.poetry"));
            case "setup.cfg" -> choice(entries(text, "metadata"));
            case "pkg-info", "metadata" -> python(text);
            default -> Optional.empty();
        };
    }

    private static Optional<SpdxExpression> choice(List<String> names) {
        List<SpdxExpression> licences = new ArrayList<>();
        for (String name : names) {
            Optional<SpdxExpression> licence = LicenceNames.get().named(name);
            if (licence.isEmpty()) {
                return Optional.empty();
            }
            licences.add(licence.get());
        }
        return licences.isEmpty() ? Optional.empty() : Optional.of(SpdxExpression.or(licences));
    }

    private static List<String> pom(String text) {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        List<String> names = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>();
        StringBuilder name = new StringBuilder();
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text));
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        open.addLast(xml.getLocalName());
                        name.setLength(0);
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                            name.append(xml.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        if (open.size() == 4
                                && String.join("/", open).equals("project/licenses/license/name")) {
                            names.add(name.toString());
                        }
                        open.removeLast();
                    }
                    default -> {}
                }
            }
        } catch (XMLStreamException e) {
            return List.of();
        }
        return names;
    }

    private static List<String> npm(String text) {
        List<String> names = new ArrayList<>();
        try {
            JsonNode manifest = JSON.readTree(text);
            if (manifest == null) {
                return names;
            }
            addNpm(manifest.path("license"), names);
            manifest.path("licenses").forEach(licence -> addNpm(licence, names));
        } catch (JsonProcessingException e) {
            return List.of();
        }
        return names;
    }

    private static void addNpm(JsonNode licence, List<String> names) {
        String name = licence.isObject() ? licence.path("type").asText() : licence.asText();
        if (!name.isBlank()) {
            names.add(name);
        }
    }

    private static List<String> entries(String text, String... sections) {
        List<String> names = new ArrayList<>();
        boolean inside = false;
        for (String line : text.lines().filter(l -> l.length() <= LONGEST_LINE).toList()) {
            Matcher section = SECTION.matcher(line);
            if (section.matches()) {
                inside = List.of(sections).contains(section.group(1));
            } else if (inside) {
                Matcher entry = ENTRY.matcher(line);
                if (entry.matches()) {
                    names.add(entry.group(1));
                }
            }
        }
        return names;
    }

    /** The expression outweighs the free text, and that the classifiers. */
    private static Optional<SpdxExpression> python(String text) {
        List<String> classifiers = new ArrayList<>();
        Optional<SpdxExpression> free = Optional.empty();
        for (String line : text.lines().takeWhile(l -> !l.isBlank()).toList()) {
            if (line.length() > LONGEST_LINE) {
                continue;
            }
            Matcher header = HEADER_LINE.matcher(line);
            if (!header.matches()) {
                continue;
            }
            String value = header.group(2).strip();
            if (!header.group(1).equals("Classifier")) {
                Optional<SpdxExpression> stated = LicenceNames.get().named(value);
                if (stated.isPresent() && header.group(1).equals("License-Expression")) {
                    return stated;
                }
                free = stated.or(() -> LicenceNames.get().named(value));
            } else if (value.startsWith("License ::") && !value.equals("License :: OSI Approved")) {
                classifiers.add(value);
            }
        }
        return free.isPresent() ? free : choice(classifiers);
    }
}
