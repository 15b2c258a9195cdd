package io.prefstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.topics.TopicsConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a command line becomes as options of the jobs and of the trainer. */
class JobSettingsTest {

    private static final Path OUT = Path.of("/tmp/out");
    private static final TopicsConnection TOPICS =
            new TopicsConnection("localhost:1", "http://localhost:1", Map.of());

    @Test
    void archiveAndItsHours() {
        assertThat(
                        settings(
                                "--feed gharchive --archive /srv/h --from 2026-01-01-0 --to"
                                        + " 2026-01-01-3"))
                .containsEntry("ingest.feeds", "gharchive")
                .containsEntry("ingest.feed.bounded", "true")
                .containsEntry("ingest.gharchive.archive", "/srv/h")
                .containsEntry("ingest.gharchive.from", "2026-01-01-0")
                .containsEntry("ingest.gharchive.to", "2026-01-01-3")
                .containsEntry("validate.holdout-by", "REPOSITORY")
                .doesNotContainKey("validate.holdout-share");
        assertThat(settings("--feed gharchive --from 2026-01-01-0 --forever --repo o/n"))
                .containsEntry("ingest.feed.bounded", "false")
                .containsEntry("ingest.gharchive.archive", "https://data.gharchive.org")
                .containsEntry("ingest.gharchive.repositories", "o/n")
                .containsEntry("validate.holdout-by", "FILE")
                .doesNotContainKey("ingest.gharchive.to");
    }

    @Test
    void repositoriesOfGithub() {
        assertThat(settings("--feed github --repo o/n --repo o/m --depth 7"))
                .containsEntry("ingest.feeds", "github")
                .containsEntry("ingest.github.repositories", "o/n,o/m")
                .containsEntry("ingest.github.initial-events", "7")
                .containsKey("validate.holdout-share");
        assertThat(settings("--feed github --repo apache --repo o/m"))
                .containsEntry("validate.holdout-by", "REPOSITORY")
                .doesNotContainKey("validate.holdout-share");
    }

    @Test
    void packagesOfARegistry() {
        assertThat(settings("--feed pypi --package My_Pkg,six --depth 3"))
                .containsEntry("ingest.feeds", "pypi")
                .containsEntry("ingest.pypi.packages", "My_Pkg,six")
                .containsEntry("ingest.pypi.initial-versions", "3")
                .containsEntry(
                        "validate.holdout-share",
                        Double.toString(HoldoutShare.of(List.of("pypi:my-pkg", "pypi:six"))));
        assertThat(settings("--feed npm --forever"))
                .containsEntry("ingest.npm.initial-versions", "1")
                .containsEntry("validate.holdout-by", "REPOSITORY")
                .doesNotContainKey("ingest.npm.packages");
    }

    @Test
    void webhooksComeToTheTopic() {
        assertThat(settings("--feed webhook --forever --github-secret-file x"))
                .doesNotContainKey("ingest.feeds")
                .containsEntry("validate.holdout-by", "REPOSITORY");
    }

    @Test
    void pairsAreWrittenByTheModelsThatComeWithTheProjectUnlessOthersAreNamed() {
        assertThat(settings("--feed maven"))
                .containsEntry("generation.strong", "/tmp/out/generators/demo-strong")
                .containsEntry("generation.weak", "/tmp/out/generators/demo-weak")
                .containsEntry("generation.prompt", "CODE");
        assertThat(settings("--feed maven --config generation.strong=/srv/7b"))
                .containsEntry("generation.strong", "/srv/7b");
    }

    @Test
    void tokensAreCountedAsTheModelThatIsTrainedCountsThem() {
        assertThat(settings("--feed maven"))
                .containsEntry("validate.tokenizer", "/tmp/out/tokenizer")
                .containsEntry("validate.context-tokens", "128")
                .containsEntry("generation.max-answer", "64");
        for (String named :
                List.of(
                        "--model /srv/x/../base --context 1024",
                        "--config trainer.model.path=/srv/base --config"
                                + " trainer.model.context=1024")) {
            assertThat(settings(named))
                    .containsEntry("validate.tokenizer", "/srv/base")
                    .containsEntry("validate.context-tokens", "1024")
                    .containsEntry("generation.max-answer", "512");
        }
        assertThat(settings("--context 1024 --config generation.max-answer=900"))
                .containsEntry("generation.max-answer", "900");
    }

    @Test
    void aTrainedModelIsNotTrainedAtTheUntrainedOnesRate() {
        assertThat(trainer(""))
                .containsEntry("optimizer.learning-rate", "3.0e-3")
                .containsEntry("model.context", "128")
                .doesNotContainKey("model.path");
        assertThat(trainer("--model /srv/base --context 1024"))
                .containsEntry("optimizer.learning-rate", "1.0e-6")
                .containsEntry("model.context", "1024")
                .containsEntry("model.path", "/srv/base");
        assertThat(trainer("--model /srv/base --config trainer.optimizer.learning-rate=3.0e-6"))
                .containsEntry("optimizer.learning-rate", "3.0e-6");
    }

    private static Map<String, String> settings(String arguments) {
        return JobSettings.of(request(arguments), TOPICS, OUT);
    }

    private static Map<String, String> trainer(String arguments) {
        return TrainerSettings.of(request(arguments), 1000, false);
    }

    private static RunRequest request(String arguments) {
        RunCommand command = new RunCommand();
        new CommandLine(command)
                .parseArgs(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
        return command.wishes().ofNewRun();
    }
}
