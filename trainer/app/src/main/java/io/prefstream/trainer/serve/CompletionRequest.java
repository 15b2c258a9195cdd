package io.prefstream.trainer.serve;

import io.prefstream.generation.GenerationRequest;
import java.util.List;

/**
 * What one HTTP request asks to be generated.
 *
 * @param chat whether it is a conversation's next message
 * @param choices texts in the order of the answer: all of the first prompt, then of the second
 * @param perPrompt how many of them each prompt has
 * @param stream whether the texts are told as they come
 * @param includeUsage whether the last event of a stream says how many tokens there were
 */
record CompletionRequest(
        boolean chat,
        List<GenerationRequest> choices,
        int perPrompt,
        boolean stream,
        boolean includeUsage) {
    CompletionRequest {
        choices = List.copyOf(choices);
    }
}
