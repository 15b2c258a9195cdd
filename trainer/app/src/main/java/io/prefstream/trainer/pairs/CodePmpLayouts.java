package io.prefstream.trainer.pairs;

/** Files of pairs of CodePMP's release, with the prompts that its scripts make of them. */
final class CodePmpLayouts {

    private CodePmpLayouts() {}

    static Comparison mathShepherd(Row row) {
        return pair(row, "Instruction:" + row.string("question") + "\n\nResponse:");
    }

    /** ReClor and LogiQA 2.0. */
    static Comparison passage(Row row) {
        return pair(
                row,
                "Instruction: Please answer the following questions based on the passages.\n\n"
                        + "Passage: "
                        + row.string("context")
                        + "\n\nQuestion: "
                        + row.string("question")
                        + "\n\nResponse:");
    }

    private static Comparison pair(Row row, String prompt) {
        return row.pair(row.text(prompt), row.string("chosen"), row.string("rejected"));
    }
}
