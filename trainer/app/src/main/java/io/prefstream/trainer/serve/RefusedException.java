package io.prefstream.trainer.serve;

import io.prefstream.generation.GenerationException;
import io.prefstream.model.engine.EngineClosedException;
import org.jspecify.annotations.Nullable;

/** A request that is answered with an error, in OpenAI's terms. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Outcome outcome;
    private final int status;
    private final @Nullable String param;
    private final @Nullable String code;

    private RefusedException(
            Outcome outcome,
            int status,
            String message,
            @Nullable String param,
            @Nullable String code) {
        super(message, null, false, false);
        this.outcome = outcome;
        this.status = status;
        this.param = param;
        this.code = code;
    }

    /** 400: a field that can't be. */
    static RefusedException field(@Nullable String param, String message) {
        return new RefusedException(Outcome.INVALID, 400, message, param, null);
    }

    /** 400: what can't be is what a message of ours begins with, {@code top_p=2 must be …}. */
    static RefusedException value(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
        int equals = message.indexOf('=');
        return field(equals < 0 ? null : message.substring(0, equals), message);
    }

    /** 404. */
    static RefusedException noModel(String asked, String served) {
        return new RefusedException(
                Outcome.INVALID,
                404,
                "model=%s is not served here; %s is".formatted(asked, served),
                "model",
                "model_not_found");
    }

    /** 404, 405, 413: refused by what it is, not by what it says. */
    static RefusedException request(int status, String message) {
        return new RefusedException(Outcome.INVALID, status, message, null, null);
    }

    /** 429. */
    static RefusedException queueFull(String message) {
        return new RefusedException(Outcome.QUEUE_FULL, 429, message, null, "queue_full");
    }

    /** 503. */
    static RefusedException closing() {
        return new RefusedException(Outcome.CLOSING, 503, "the server is closing", null, "closing");
    }

    /** 503: the engine serves nobody any more. */
    static RefusedException outOfService(String message) {
        return new RefusedException(Outcome.FAILED, 503, message, null, "out_of_service");
    }

    /** 500, or 503 when the engine serves nobody any more; the log says more. */
    static RefusedException failed(Throwable why) {
        String message = String.valueOf(why.getMessage());
        if (why instanceof EngineClosedException) {
            return outOfService(message);
        }
        String told = why instanceof GenerationException ? message : why.getClass().getSimpleName();
        return new RefusedException(Outcome.FAILED, 500, told, null, null);
    }

    Outcome outcome() {
        return outcome;
    }

    int status() {
        return status;
    }

    @Nullable String param() {
        return param;
    }

    @Nullable String code() {
        return code;
    }

    String type() {
        return switch (outcome) {
            case QUEUE_FULL -> "rate_limit_error";
            case CLOSING, FAILED -> "server_error";
            default -> "invalid_request_error";
        };
    }
}
