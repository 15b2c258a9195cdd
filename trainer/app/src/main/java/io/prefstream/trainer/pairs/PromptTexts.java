package io.prefstream.trainer.pairs;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Prompt;
import io.prefstream.model.tokenizer.ChatTemplate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Prompts as the texts that a model reads: conversations by its chat template. A model without one
 * reads what a single user message says, as pre-training does with instructions.
 */
public final class PromptTexts {
    private final Path folder;
    private final Optional<ChatTemplate> template;

    /** Of the model in a folder. */
    public PromptTexts(Path folder) throws IOException {
        this.folder = folder;
        template = ChatTemplate.read(folder);
    }

    /**
     * The text of a comparison's prompt.
     *
     * @throws IllegalArgumentException if a conversation needs a template and the model has none,
     *     or the template refuses it
     */
    public String of(Comparison comparison) {
        if (comparison.prompt() instanceof Prompt.Text text) {
            return text.text();
        }
        List<ChatMessage> messages = ((Prompt.Chat) comparison.prompt()).messages();
        try {
            if (template.isPresent()) {
                return template.get().render(messages);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s: prompt: %s".formatted(comparison.key(), e.getMessage()), e);
        }
        if (messages.size() != 1) {
            throw new IllegalArgumentException(
                    "%s: prompt: a conversation of %d messages needs a chat template, and the model in %s has none"
                            .formatted(comparison.key(), messages.size(), folder));
        }
        return messages.get(0).content();
    }
}
