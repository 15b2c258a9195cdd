package io.prefstream.verify.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a function stands in its file, found by comparing lines without their indentation; no
 * parser of ours has a part in it.
 *
 * @param before the lines above the function
 * @param after what follows it, the rest of its last line first
 */
record FunctionPlace(List<String> before, List<String> after) {

    /** The function's place; empty where it has none, or more than one. */
    static Optional<FunctionPlace> of(String source, String function) {
        List<String> lines = source.lines().toList();
        List<String> wanted = function.strip().lines().map(String::strip).toList();
        List<FunctionPlace> found = new ArrayList<>();
        for (int at = 0; at + wanted.size() <= lines.size(); at++) {
            if (standsAt(lines, at, wanted)) {
                int last = at + wanted.size() - 1;
                List<String> after = new ArrayList<>();
                after.add(
                        lines.get(last).strip().substring(wanted.get(wanted.size() - 1).length()));
                after.addAll(lines.subList(last + 1, lines.size()));
                found.add(new FunctionPlace(lines.subList(0, at), after));
            }
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The file with other code in the function's place. */
    String with(String code) {
        return String.join("\n", before) + "\n" + code.strip() + String.join("\n", after) + "\n";
    }

    private static boolean standsAt(List<String> lines, int at, List<String> wanted) {
        for (int i = 0; i < wanted.size() - 1; i++) {
            if (!lines.get(at + i).strip().equals(wanted.get(i))) {
                return false;
            }
        }
        return lines.get(at + wanted.size() - 1).strip().startsWith(wanted.get(wanted.size() - 1));
    }
}
