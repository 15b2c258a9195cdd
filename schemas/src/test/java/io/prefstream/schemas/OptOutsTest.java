package io.prefstream.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptOutsTest {

    @ParameterizedTest
    @CsvSource({
        "REPOSITORY, https://github.com/a/b, , https://github.com/a/b, x.py, true",
        "REPOSITORY, https://github.com/A/B, , https://github.com/a/b, x.py, true",
        "REPOSITORY, https://github.com/a/b, , https://github.com/a/b2, x.py, false",
        "OWNER, https://github.com/a, , https://github.com/A/b, x.py, true",
        "OWNER, https://github.com/a, , https://github.com/ab/b, x.py, false",
        "OWNER, https://github.com/a, , https://github.com/a, x.py, false",
        "OWNER, maven:org.apache, , maven:org.apache:b, x.java, true",
        "OWNER, maven:org.apache, , maven:org.apache.commons:b, x.java, false",
        "PATH_PREFIX, https://github.com/a/b, src/, https://github.com/a/b, src/x.py, true",
        "PATH_PREFIX, https://github.com/a/b, src/, https://github.com/a/b, test/x.py, false",
        "PATH_PREFIX, https://github.com/a/b, src/, https://github.com/a/c, src/x.py, false",
        "PATH_PREFIX, https://github.com/a/b, src/, https://github.com/a/b, , false",
        "UNKNOWN, https://github.com/a/b, , https://github.com/a/b, x.py, false"
    })
    void coversWhatItNames(
            OptOutScope scope,
            String named,
            String prefix,
            String repository,
            String path,
            boolean covers) {
        OptOut optOut = optOut(named, scope, prefix);

        assertThat(OptOuts.covers(optOut, repository, path)).isEqualTo(covers);
        assertThat(new OptOuts(List.of(optOut)).covering(repository, path).isPresent())
                .isEqualTo(covers);
    }

    @Test
    void findsTheOneOfManyThatCovers() {
        OptOuts optOuts =
                new OptOuts(
                        List.of(
                                optOut("https://github.com/a/c", OptOutScope.REPOSITORY, null),
                                optOut("https://github.com/a/b", OptOutScope.PATH_PREFIX, "src/"),
                                optOut("https://github.com/a/b", OptOutScope.PATH_PREFIX, "doc/"),
                                optOut("maven:org.a", OptOutScope.OWNER, null)));

        assertThat(optOuts.covering("https://github.com/a/b", "doc/x.py"))
                .hasValueSatisfying(one -> assertThat(one.getPathPrefix()).isEqualTo("doc/"));
        assertThat(optOuts.covering("https://github.com/a/b", "x.py")).isEmpty();
        assertThat(optOuts.covering("https://github.com/A/C", "x.py")).isPresent();
        assertThat(optOuts.covering("maven:org.a:lib", null)).isPresent();
        assertThat(optOuts.covering("maven:org.ab:lib", null)).isEmpty();
        assertThat(optOuts.name("https://github.com/A/b")).isTrue();
        assertThat(optOuts.name("maven:org.a:lib")).isFalse();
    }

    @Test
    void knowsThoseThatComeLater() {
        OptOuts optOuts = new OptOuts(List.of());
        assertThat(optOuts.covering("a/b", null)).isEmpty();

        optOuts.add(optOut("a/b", OptOutScope.REPOSITORY, null));

        assertThat(optOuts.covering("a/b", null))
                .map(OptOuts::inWords)
                .contains("repository a/b opted out at 2026-11-24T10:00:00Z");
    }

    private static OptOut optOut(String repository, OptOutScope scope, String pathPrefix) {
        return OptOut.newBuilder()
                .setRepository(repository)
                .setScope(scope)
                .setPathPrefix(pathPrefix)
                .setRequestedAt(Instant.parse("2026-11-24T10:00:00Z"))
                .build();
    }
}
