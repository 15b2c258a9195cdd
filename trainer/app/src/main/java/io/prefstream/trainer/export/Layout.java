package io.prefstream.trainer.export;

import java.util.Locale;

/** Whose reader the columns of a pair's texts are for. */
public enum Layout {
    /**
     * TRL's preference type with an explicit prompt: {@code prompt}, {@code chosen}, {@code
     * rejected}. Source: TRL, "Dataset formats and types".
     */
    TRL,
    /**
     * OpenRLHF's {@code RewardDataset}: {@code prompt}, {@code chosen}, {@code rejected}, of which
     * the prompt must be named on its command line ({@code --data.prompt_key prompt}).
     */
    OPENRLHF,
    /**
     * Axolotl's {@code bradley_terry.chat_template}: {@code system} (always there, empty), {@code
     * input}, {@code chosen}, {@code rejected}; the trainer makes the turns.
     */
    AXOLOTL;

    /** The name as it is written on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
