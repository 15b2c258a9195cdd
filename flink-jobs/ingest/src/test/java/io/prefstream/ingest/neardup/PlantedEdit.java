package io.prefstream.ingest.neardup;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What people do to code that they copy. */
enum PlantedEdit {
    /** One identifier gets another name everywhere. */
    RENAME {
        @Override
        String apply(String text, SplittableRandom random) {
            List<String> names = new ArrayList<>(identifiers(text));
            if (names.isEmpty()) {
                return text;
            }
            String name = names.get(random.nextInt(names.size()));
            return text.replaceAll("\\b" + name + "\\b", name + "Renamed");
        }
    },
    /** Other indentation, braces on lines of their own, spaces around operators. */
    REFORMAT {
        @Override
        String apply(String text, SplittableRandom random) {
            return text.replace("    ", "\t")
                    .replace(" {\n", "\n{\n")
                    .replace("(", "( ")
                    .replace(")", " )");
        }
    },
    /** One line in ten is another. */
    CHANGE_LINES {
        @Override
        String apply(String text, SplittableRandom random) {
            return text.lines()
                    .map(
                            line ->
                                    random.nextInt(10) == 0
                                            ? "    log.debug(\"step \" + %d);"
                                                    .formatted(random.nextInt(1_000))
                                            : line)
                    .collect(Collectors.joining("\n"));
        }
    },
    /** Another licence header: a whole file with one header against one with another. */
    SWAP_LICENCE {
        @Override
        String apply(String text, SplittableRandom random) {
            return "/*\n * Copyright %d Someone.\n * SPDX-License-Identifier: MIT\n */\n"
                            .formatted(1990 + random.nextInt(36))
                    + text;
        }
    };

    private static final Pattern IDENTIFIER = Pattern.compile("\\b[a-z][a-zA-Z]{3,}\\b");

    abstract String apply(String text, SplittableRandom random);

    private static TreeSet<String> identifiers(String text) {
        TreeSet<String> names = new TreeSet<>();
        Matcher matcher = IDENTIFIER.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group());
        }
        return names;
    }
}
