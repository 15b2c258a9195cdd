package io.prefstream.synthesize.mutation;

import io.prefstream.jobs.common.syntax.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mutation at one site: replacements that are made together.
 *
 * @param operator id of the operator
 * @param substitution what is replaced by what, null for token-neutral edits
 * @param replacements disjoint ranges, in source order
 */
record Edit(String operator, @Nullable Substitution substitution, List<Replacement> replacements) {

    Edit {
        replacements =
                replacements.stream().sorted(Comparator.comparingInt(Replacement::start)).toList();
    }

    /** Two pieces of code change places; the space around them stays. */
    static Edit swap(String operator, Node a, Node b) {
        return permute(operator, List.of(a, b), List.of(b, a));
    }

    /** Each slot takes the text of the node at the same index of {@code content}. */
    static Edit permute(String operator, List<Node> slots, List<Node> content) {
        List<Replacement> replacements = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            Node slot = slots.get(i);
            replacements.add(new Replacement(slot.start(), slot.end(), content.get(i).text()));
        }
        return new Edit(operator, null, replacements);
    }

    /** One token gives way to another. */
    static Edit substitute(
            String operator, Substitution substitution, int start, int end, String text) {
        return new Edit(operator, substitution, List.of(new Replacement(start, end, text)));
    }

    boolean overlaps(Edit other) {
        return replacements.stream()
                .anyMatch(mine -> other.replacements.stream().anyMatch(mine::overlaps));
    }

    /** The source with all these edits made; they must not overlap. */
    static String apply(String source, List<Edit> edits) {
        List<Replacement> all = new ArrayList<>();
        edits.forEach(edit -> all.addAll(edit.replacements()));
        all.sort(Comparator.comparingInt(Replacement::start));
        StringBuilder result = new StringBuilder(source.length() + 8);
        int at = 0;
        for (Replacement replacement : all) {
            result.append(source, at, replacement.start()).append(replacement.text());
            at = replacement.end();
        }
        return result.append(source, at, source.length()).toString();
    }

    /**
     * How it is written on the record: the operator's id, then for a substitution what it replaced,
     * then the offset in the chosen text, such as {@code swap-arguments@120} or {@code
     * comparison-boundary(<:<=)@44}.
     */
    String description() {
        String what = substitution == null ? "" : "(" + substitution + ")";
        return operator + what + "@" + replacements.get(0).start();
    }
}
