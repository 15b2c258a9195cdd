package io.prefstream.schemas;

/** Prompts as texts that answers follow. */
public final class PromptText {
    private PromptText() {}

    /**
     * The prompt, closed by a line break: its own where it ends with one. So what was exported
     * closed, or rendered by a chat template that ends a line, has the same tokens as the
     * instruction it was made of.
     */
    public static String closed(String prompt) {
        return prompt.endsWith("\n") ? prompt : prompt + "\n";
    }
}
