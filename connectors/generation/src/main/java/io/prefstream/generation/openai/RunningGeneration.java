package io.prefstream.generation.openai;

import io.prefstream.generation.ChatMessage;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A text on its way. */
final class RunningGeneration extends RunningRequest<Generation> {
    private final GenerationRequest request;
    private final OpenAiSettings settings;
    private final Replicas replicas;
    private final @Nullable Consumer<String> listener;
    private volatile long told;

    /**
     * @param listener null if the text is wanted only whole
     */
    RunningGeneration(
            GenerationRequest request,
            OpenAiSettings settings,
            Replicas replicas,
            @Nullable Consumer<String> listener) {
        super(
                request.client(),
                request.deadline(),
                beginning(request.prompt(), settings.affinityChars()));
        this.request = request;
        this.settings = settings;
        this.replicas = replicas;
        this.listener = listener;
    }

    @Override
    Generation ask(int replica, Exchange exchange) throws TryFailedException {
        Answer answer = new Answer(request, settings.maxCharsPerToken(), this::tell);
        replicas.ask(replica, request, answer, exchange);
        return answer.generation(settings.modelAndRevision());
    }

    /** Tells the listener, if there is one and the future isn't done. */
    private void tell(String text) {
        if (listener != null && !result.isDone()) {
            told += text.length();
            listener.accept(text);
        }
    }

    @Override
    boolean hasTold() {
        return told > 0;
    }

    @Override
    String history() {
        return super.history() + (told > 0 ? "; %d chars had been told".formatted(told) : "");
    }

    private static String beginning(Prompt prompt, int chars) {
        if (prompt instanceof Prompt.Text text) {
            return text.text();
        }
        StringBuilder turns = new StringBuilder();
        for (ChatMessage message : ((Prompt.Chat) prompt).messages()) {
            if (turns.length() >= chars) {
                break;
            }
            turns.append(message.role()).append('\n').append(message.content()).append('\n');
        }
        return turns.toString();
    }
}
