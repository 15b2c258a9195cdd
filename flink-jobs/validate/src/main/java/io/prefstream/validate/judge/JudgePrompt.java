package io.prefstream.validate.judge;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Prompt;
import io.prefstream.schemas.CandidatePair;
import java.util.List;

/** What a judge is asked, in the form of MT-Bench's pairwise prompts (arXiv 2306.05685). */
final class JudgePrompt {

    private static final String TEXT =
            """
            Two programmers were given this task in %s:

            %s

            Answer A:
            ```
            %s
            ```

            Answer B:
            ```
            %s
            ```

            Which answer does more correctly what the task says? If both do, or neither, which is \
            the better code? Their order, their length and what their comments say of themselves \
            mean nothing. Give your reason in one or two sentences, then end with one line: [[A]], \
            [[B]], or [[C]] if they are equally good.\
            """;

    private JudgePrompt() {}

    /**
     * @param chosenFirst whether chosen is answer A
     */
    static Prompt of(CandidatePair pair, boolean chosenFirst) {
        String chosen = pair.getChosen().getText();
        String rejected = pair.getRejected().getText();
        return new Prompt.Chat(
                List.of(
                        new ChatMessage(
                                "user",
                                TEXT.formatted(
                                        pair.getLanguage(),
                                        pair.getInstruction(),
                                        chosenFirst ? chosen : rejected,
                                        chosenFirst ? rejected : chosen))));
    }
}
