package io.prefstream.trainer.pairs;

/** Files of pairs of CodePMP's release, with the prompts that its scripts make of them. */
final class CodePmpLayouts {

    private CodePmpLayouts() {}

    static Comparison mathShepherd(Row row) {
        return pair(row, PromptFormat.MATH_SHEPHERD.prompt(null, row.string("question")));
    }

    /** ReClor and LogiQA 2.0. */
    static Comparison passage(Row row) {
        return pair(row, PromptFormat.RECLOR.prompt(row.string("context"), row.string("question")));
    }

    private static Comparison pair(Row row, String prompt) {
        return row.pair(row.text(prompt), row.string("chosen"), row.string("rejected"));
    }
}
