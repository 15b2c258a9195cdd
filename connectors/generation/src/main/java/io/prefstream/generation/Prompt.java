package io.prefstream.generation;

import java.util.List;

/** What a generation begins with. */
public sealed interface Prompt {

    /** A text that is continued as it stands. */
    record Text(String text) implements Prompt {}

    /** A conversation that the model's chat template makes a text of. */
    record Chat(List<ChatMessage> messages) implements Prompt {
        public Chat {
            messages = List.copyOf(messages);
            if (messages.isEmpty()) {
                throw new IllegalArgumentException("messages=[] must hold a message");
            }
        }
    }
}
