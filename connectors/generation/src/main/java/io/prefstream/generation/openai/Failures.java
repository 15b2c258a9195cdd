package io.prefstream.generation.openai;

import io.prefstream.generation.alarm.Backoff;
import io.prefstream.generation.openai.ExchangeGuard.UnusableAnswerException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What the failures of one endpoint mean for the next try. */
final class Failures {
    /** Beside 5xx, all of which speak of the server or of what stands before it. */
    private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429);

    /** Of both those that speak of load; 529 is no standard, but several hosts'. */
    private static final Set<Integer> LOAD = Set.of(429, 503, 529);

    /** Those that speak of the request's content: no other request is to blame. */
    private static final Set<Integer> LASTING = Set.of(400, 413, 414, 415, 422, 431, 451);

    private final String url;
    private final OpenAiSettings settings;
    private final UnaryOperator<String> mask;
    private final Clock clock;

    /**
     * @param mask takes the key out of what a server says
     * @param clock that {@code Retry-After} dates are compared with
     */
    Failures(String url, OpenAiSettings settings, UnaryOperator<String> mask, Clock clock) {
        this.url = url;
        this.settings = settings;
        this.mask = mask;
        this.clock = clock;
    }

    /**
     * A status that is none of success.
     *
     * @param said the status and what the server says of it
     * @param retryAfter the header
     */
    TryFailedException refused(int status, String said, Optional<String> retryAfter) {
        String message = of("answered " + said);
        if (LASTING.contains(status)) {
            return TryFailedException.lasting(message);
        }
        if (status < 500 && !PASSING.contains(status)) {
            // A key without rights or credit, a path or a model that isn't there, a redirection.
            return TryFailedException.refusesAll(message);
        }
        Duration asked =
                retryAfter
                        .flatMap(value -> Backoff.retryAfter(value, clock.instant()))
                        .orElse(null);
        return LOAD.contains(status)
                ? TryFailedException.busy(message, asked)
                : TryFailedException.passing(message, null, asked);
    }

    /** An exchange that broke off, or never came about. */
    TryFailedException broken(Throwable cause, Exchange exchange) {
        if (cause instanceof UnusableAnswerException) {
            return passing("gave " + said(cause));
        }
        boolean answered = exchange.answered();
        if (cause instanceof SocketTimeoutException) {
            String idle = "gave no byte within idle-timeout=%s".formatted(settings.idleTimeout());
            String message =
                    of(
                            answered
                                    ? idle
                                    : idle
                                            + " or didn't connect within connect-timeout="
                                            + settings.connectTimeout());
            return answered
                    ? TryFailedException.passing(message, cause)
                    : TryFailedException.unreachable(message, cause);
        }
        if (cause instanceof InterruptedIOException) {
            return TryFailedException.passing(
                    of("was not done within request-timeout=" + settings.requestTimeout()), cause);
        }
        if (cause instanceof ConnectException
                || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException) {
            return TryFailedException.unreachable(of("can't be reached: " + said(cause)), cause);
        }
        // No cause, as below.
        return TryFailedException.passing(
                of(
                        (answered ? "broke its stream off: " : "hung up without an answer: ")
                                + said(cause)),
                null);
    }

    /** An answer that is none. Told without its cause, which may hold what the server sent. */
    TryFailedException passing(String what) {
        return TryFailedException.passing(of(what), null);
    }

    /** What no request is spared until somebody mends it. */
    TryFailedException refusesAll(String what) {
        return TryFailedException.refusesAll(of(what));
    }

    /** What an exception says, or its name where it says nothing. */
    static String said(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** What is behind an exception of the official client. */
    static Throwable cause(Throwable e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private String of(String what) {
        return url + " " + mask.apply(what);
    }
}
