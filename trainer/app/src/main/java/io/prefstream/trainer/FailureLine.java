package io.prefstream.trainer;

import ai.djl.engine.EngineException;
import io.prefstream.generation.GenerationException;
import io.prefstream.replay.ReplayException;
import io.prefstream.topics.SchemaRegistryException;
import io.prefstream.topics.TopicsUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;

/** What a person is told of a failed command: one line for every failure that is no bug. */
final class FailureLine {

    /** How CUDA's allocator and the processor's say it in libtorch. */
    private static final Pattern NO_MEMORY =
            Pattern.compile("(?i)out of memory|can't allocate memory|not enough memory");

    private FailureLine() {}

    /** What failed in the work of others that was waited for, or the exception itself. */
    static Throwable cause(Throwable e) {
        Throwable cause = e;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * The line; empty for what nobody expected, of which the stack trace is to be seen.
     *
     * @param command that failed, which decides which option bounds its memory
     */
    static Optional<String> of(Throwable e, String command) {
        if (e instanceof FileSystemException file && file.getReason() == null) {
            // Its message is the file's name alone.
            return Optional.of(file.getFile() + ": " + kind(file));
        }
        if (e instanceof EngineException) {
            return Optional.of(engine(String.valueOf(e.getMessage()), command));
        }
        boolean expected =
                e instanceof IllegalArgumentException
                        || e instanceof TrainingException
                        || e instanceof IOException
                        || e instanceof UncheckedIOException
                        || e instanceof ReplayException
                        || e instanceof SchemaRegistryException
                        || e instanceof TopicsUnavailableException
                        || e instanceof KafkaException
                        || e instanceof GenerationException
                        || e instanceof IllegalStateException;
        return expected ? Optional.of(String.valueOf(e.getMessage())) : Optional.empty();
    }

    /** Behind its first line libtorch's message has its own stack. */
    private static String engine(String message, String command) {
        String first = message.lines().findFirst().orElse("").strip();
        return NO_MEMORY.matcher(message).find()
                ? "the engine has no memory left (%s bounds how much it needs at once): %s"
                        .formatted(bound(command), first)
                : "the engine failed: " + first;
    }

    private static String bound(String command) {
        return switch (command) {
            case "train" -> "batch.tokens-at-once";
            case "finetune", "pretrain" -> "--tokens-at-once";
            default -> "--tokens-per-step";
        };
    }

    /** {@code access denied} of an {@code AccessDeniedException}. */
    private static String kind(FileSystemException e) {
        return e.getClass()
                .getSimpleName()
                .replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
