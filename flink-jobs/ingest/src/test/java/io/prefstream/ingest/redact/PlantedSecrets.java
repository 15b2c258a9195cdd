package io.prefstream.ingest.redact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Secrets as their providers draw them, from a seed; the templates know nothing of our rules. */
final class PlantedSecrets {

    /**
     * @param kind what it is
     * @param text how it stands in code
     * @param secret the part that must not be left
     */
    record Planted(String kind, String text, String secret) {}

    private static final String DIGITS = "0123456789";
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final Pattern DRAW = Pattern.compile("\\{(\\w):(\\d+)}");

    private final Random random;

    PlantedSecrets(long seed) {
        random = new Random(seed);
    }

    /** One of each template. */
    List<Planted> one() {
        List<Planted> planted = new ArrayList<>();
        try (var resource =
                Objects.requireNonNull(
                        PlantedSecrets.class.getResourceAsStream("/planted-secrets.tsv"))) {
            new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .forEach(row -> planted.add(drawn(row[0], row[1])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return planted;
    }

    /** A private key's lines. */
    List<String> key(String mark) {
        List<String> lines = new ArrayList<>();
        lines.add("-----BEGIN " + mark + "-----");
        for (int i = 0; i < 12; i++) {
            lines.add(text('b', 64));
        }
        lines.add(text('b', 22) + "==");
        lines.add("-----END " + mark + "-----");
        return lines;
    }

    /** A password of all sorts of characters. */
    String password() {
        return text('n', 5) + "!" + text('d', 2) + text('n', 5);
    }

    String text(char of, int length) {
        String alphabet =
                switch (of) {
                    case 'x' -> DIGITS + "abcdef";
                    case 'd' -> DIGITS;
                    case 'n' -> LOWER + UPPER + DIGITS;
                    case 'N' -> UPPER + DIGITS;
                    case 'l' -> LOWER + DIGITS;
                    case 'b' -> LOWER + UPPER + DIGITS + "+/";
                    case 'w' -> LOWER + UPPER + DIGITS + "_-";
                    case 'a' -> LOWER + UPPER;
                    case 's' -> UPPER + "234567";
                    case 'k' -> "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
                    default -> throw new AssertionError(of);
                };
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        // The last one is no sign: words end with letters and digits.
        text.setCharAt(length - 1, "0123456789abcdef".charAt(random.nextInt(of == 'd' ? 10 : 16)));
        return of == 's' || of == 'N' || of == 'k'
                ? text.substring(0, length - 1) + (of == 'k' ? "Q" : "A")
                : of == 'a' ? text.substring(0, length - 1) + "z" : text.toString();
    }

    private Planted drawn(String kind, String template) {
        StringBuilder text = new StringBuilder();
        String longest = "";
        Matcher draw = DRAW.matcher(template);
        while (draw.find()) {
            String value =
                    draw.group(1).equals("u")
                            ? new UUID(random.nextLong(), random.nextLong()).toString()
                            : text(draw.group(1).charAt(0), Integer.parseInt(draw.group(2)));
            longest = value.length() > longest.length() ? value : longest;
            draw.appendReplacement(text, Matcher.quoteReplacement(value));
        }
        draw.appendTail(text);
        return new Planted(kind, text.toString(), longest.length() < 6 ? text.toString() : longest);
    }
}
