package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What a resumed run takes from its folder, and what the command line may still say. */
class RunWishesTest {

    private static final Path OUT = Path.of("/tmp/out");

    private static final RunRequest STORED =
            new RunRequest(
                    RunRequest.Feed.GIT,
                    List.of(),
                    List.of("/srv/a", "/srv/b"),
                    100,
                    300L,
                    1,
                    2,
                    Map.of("ingest.languages", "java"));

    @Test
    void resumeAloneTakesEverythingFromTheFolder() {
        assertThat(resumed("")).isEqualTo(STORED);
    }

    @Test
    void sayingTheSameAgainIsAllowed() {
        assertThat(
                        resumed(
                                "--feed git --repo /srv/b --repo /srv/x/../a --depth 100 --seed 1"
                                        + " --parallelism 2 --steps 300 --config"
                                        + " ingest.languages=java"))
                .isEqualTo(STORED);
    }

    @Test
    void stepsGiveAnotherEnd() {
        assertThat(resumed("--steps 500")).isEqualTo(STORED.withSteps(500L));
        RunRequest forever = STORED.withSteps(null);
        assertThat(wishes("--steps 500").ofResumed(forever, OUT)).isEqualTo(STORED.withSteps(500L));
        assertThat(wishes("--forever").ofResumed(forever, OUT)).isEqualTo(forever);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --feed maven                     | --feed=maven                   | --feed=git
                    --coordinates g:a                | --coordinates=g:a              | --coordinates=(not set)
                    --repo /srv/a                    | --repo=/srv/a                  | --repo=/srv/a,/srv/b
                    --depth 7                        | --depth=7                      | --depth=100
                    --seed 9                         | --seed=9                       | --seed=1
                    --forever                        | --forever                      | --steps=300
                    --parallelism 1                  | --parallelism=1                | --parallelism=2
                    --config ingest.languages=python | --config ingest.languages=python | --config ingest.languages=java
                    --config trainer.batch.pairs=8   | --config trainer.batch.pairs=8 | --config trainer.batch.pairs=(not set)
                    """)
    void contradictionNamesBothValues(String arguments, String asked, String stored) {
        assertThatThrownBy(() -> resumed(arguments))
                .isInstanceOf(BadUsageException.class)
                .hasMessage(
                        asked
                                + " contradicts the run in --out=/tmp/out, which has "
                                + stored
                                + ": leave the option out, or name another folder");
    }

    @Test
    void anotherRangeOfTheArchiveIsAContradiction() {
        RunRequest stored =
                wishes("--feed gharchive --archive here --from 2026-01-01-0 --to 2026-01-01-3")
                        .ofNewRun();
        assertThat(wishes("--to 2026-01-01-3 --archive here").ofResumed(stored, OUT))
                .isEqualTo(stored);
        assertThatThrownBy(() -> wishes("--to 2026-01-01-4").ofResumed(stored, OUT))
                .hasMessageStartingWith(
                        "--to=2026-01-01-4 contradicts the run in --out=/tmp/out, which has"
                                + " --to=2026-01-01-3");
        assertThatThrownBy(() -> resumed("--from 2026-01-01-0"))
                .hasMessageContaining("which has --from=(not set)");
    }

    @Test
    void endsExcludeEachOther() {
        assertThatThrownBy(() -> resumed("--forever --steps 5"))
                .isInstanceOf(BadUsageException.class)
                .hasMessage("--forever and --steps=5 exclude each other");
    }

    @Test
    void repositoryIsTheSameFromWhereverTheRunIsResumed() {
        RunRequest request = wishes("--repo here --repo https://example.org/a").ofNewRun();
        assertThat(request.repositories())
                .containsExactly(
                        Path.of("here").toAbsolutePath().toString(), "https://example.org/a");
    }

    private static RunRequest resumed(String arguments) {
        return wishes(arguments).ofResumed(STORED, OUT);
    }

    private static RunWishes wishes(String arguments) {
        RunCommand command = new RunCommand();
        new CommandLine(command)
                .parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        return command.wishes();
    }
}
