package io.prefstream.trainer.pairs;

import java.util.List;

/**
 * Files of pairs of CodePMP's release, and ReClor's and LogiQA 2.0's own, with the prompts that its
 * scripts make of them.
 */
final class CodePmpLayouts {

    private CodePmpLayouts() {}

    static Comparison mathShepherd(Row row) {
        return pair(row, PromptFormat.MATH_SHEPHERD.prompt(null, row.string("question")));
    }

    static Comparison reclor(Row row) {
        return row.has("answers")
                ? question(row, row.string("context"), row.strings("answers"), "label")
                : passage(row);
    }

    static Comparison logiqa2(Row row) {
        return row.has("options")
                ? question(row, row.string("text"), row.strings("options"), "answer")
                : passage(row);
    }

    private static Comparison passage(Row row) {
        return pair(row, PromptFormat.RECLOR.prompt(row.string("context"), row.string("question")));
    }

    /**
     * A question of the benchmark's own file: the right option against the others, the options not
     * being in the prompt. One of the same text as the right one is as right, as in CodePMP's
     * scripts.
     *
     * @param right the column with the right option's index from 0
     */
    private static Comparison question(
            Row row, String passage, List<String> options, String right) {
        int index = row.integer(right);
        if (index < 0 || index >= options.size()) {
            throw row.wrong(
                    "%s=%d: expected an index from 0 of %d options"
                            .formatted(right, index, options.size()));
        }
        String chosen = options.get(index);
        List<String> others = options.stream().filter(each -> !each.equals(chosen)).toList();
        if (others.isEmpty()) {
            throw row.wrong("there is no other option than the right one");
        }
        String prompt = PromptFormat.RECLOR.prompt(passage, row.string("question"));
        return row.comparison(row.text(prompt), ComparisonFile.ALL, List.of(chosen), others);
    }

    private static Comparison pair(Row row, String prompt) {
        return row.pair(row.text(prompt), row.string("chosen"), row.string("rejected"));
    }
}
