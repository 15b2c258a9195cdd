package io.prefstream.generation.openai;

import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP call of one try, which any thread may give up, whether it waits for a connection, for
 * the first byte or for the next: the connection (HTTP/1.1) or the stream (HTTP/2) is reset, and
 * the server knows. Closing the response instead would race with the thread that reads it.
 */
final class Exchange {
    private volatile @Nullable Call call;
    private volatile boolean abandoned;
    private volatile boolean answered;

    /** The call goes out. */
    void begin(Call begun) {
        call = begun;
        if (abandoned) {
            begun.cancel();
        }
    }

    /** Status and headers are here. */
    void answer() {
        answered = true;
    }

    boolean answered() {
        return answered;
    }

    /** Gives the call up, now or as soon as it begins. */
    void abandon() {
        abandoned = true;
        Call begun = call;
        if (begun != null) {
            begun.cancel();
        }
    }
}
