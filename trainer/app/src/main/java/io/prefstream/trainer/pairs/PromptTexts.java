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
    private final String model;
    private final Optional<ChatTemplate> template;

    private PromptTexts(String model, Optional<ChatTemplate> template) {
        this.model = model;
        this.template = template;
    }

    /** Of the model in a folder. */
    public static PromptTexts of(Path folder) throws IOException {
        return new PromptTexts("the model in " + folder, ChatTemplate.read(folder));
    }

    /** Of a model without a chat template. */
    public static PromptTexts plain() {
        return new PromptTexts("the model", Optional.empty());
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
                    "%s: prompt: a conversation of %d messages needs a chat template, and %s has none"
                            .formatted(comparison.key(), messages.size(), model));
        }
        return messages.get(0).content();
    }
}
