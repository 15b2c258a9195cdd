package io.prefstream.trainer.pairs;

import com.fasterxml.jackson.databind.JsonNode;
import io.prefstream.trainer.serve.JsonLines;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Rows of JSON Lines. */
record LineRows(JsonLines lines) implements Rows {

    @Override
    public @Nullable JsonNode next() throws IOException {
        return lines.next();
    }

    @Override
    public IllegalArgumentException wrong(String what) {
        return lines.wrong(what);
    }

    @Override
    public long number() {
        return lines.line();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
