package io.prefstream.jobs.common.testing;

import io.prefstream.schemas.OptOut;
import io.prefstream.schemas.OptOutScope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Opt-outs for tests. */
public final class OptOutExamples {

    private OptOutExamples() {}

    /** Of a whole repository. */
    public static OptOut of(String repository) {
        return of(repository, OptOutScope.REPOSITORY, null);
    }

    /** Of any scope. */
    public static OptOut of(String repository, OptOutScope scope, @Nullable String pathPrefix) {
        return OptOut.newBuilder()
                .setRepository(repository)
                .setScope(scope)
                .setPathPrefix(pathPrefix)
                .setRequestedAt(Instant.parse("2026-11-24T10:00:00Z"))
                .build();
    }
}
