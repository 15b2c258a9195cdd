package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.feeds.github.GithubFeedSource;
import io.prefstream.feeds.github.GithubOnLoopback;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Publication;
import io.prefstream.schemas.RepoEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GithubFeedTest extends FeedContract {

    /** A first look reads one page: two events of each repository, as the contract wants. */
    private final GithubOnLoopback github = new GithubOnLoopback(2);

    private Instant now = Events.NOON;

    @AfterEach
    void stop() throws IOException {
        github.close();
    }

    @Override
    WatchSource feed(WatchOptions watch, int repositories) {
        return feed(watch, repositories, null);
    }

    private GithubFeedSource feed(WatchOptions watch, int repositories, @Nullable String token) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < repositories; i++) {
            names.add(name(i));
        }
        return GithubFeedSource.of(names, github.address(), token, true, 2, watch);
    }

    @Override
    String publish(int repository) {
        return github.push(name(repository));
    }

    @Override
    WatchSource feedOverNothing() {
        return GithubFeedSource.of(
                List.of("o/nothing"), github.address(), null, true, 2, watch(true));
    }

    private static String name(int repository) {
        return "owner/repository-" + repository;
    }

    @Test
    void aPublicationIsNamedAsTheGitFeedNamesIt() throws Exception {
        String commit = publish();
        elapse(started(feed(false)));

        Publication publication = publications().get(0);
        assertThat(publication.getRepository()).isEqualTo(github.address() + "/" + name(0));
        assertThat(publication.getLocator()).isEqualTo(github.address() + "/" + name(0) + ".git");
        assertThat(publication.getRef()).isEqualTo("main");
        assertThat(publication.getPublishedAt()).isEqualTo(GithubOnLoopback.NOON.plusSeconds(1));
        assertThat(events().get(0).getId())
                .isEqualTo(ContentId.of("publication", publication.getRepository(), commit));
    }

    @Test
    void nothingNewCostsNoBodyAndObeysThePollInterval() throws Exception {
        publish();
        github.pollInterval(60);
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        elapse(reader);

        assertThat(github.requests().get(1).headers())
                .containsEntry("If-None-Match", "W/\"1000001\"");
        assertThat(delays()).containsExactly(Duration.ZERO, seconds(60), seconds(60));
    }

    @Test
    void eventsBeyondWhatIsGivenAreAGap() throws Exception {
        publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        for (int i = 0; i < 7; i++) { // three pages of two show six
            publish();
        }
        elapse(reader);

        RepoEvent gap = events().get(1);
        assertThat(gap.getBody()).isInstanceOf(FeedGap.class);
        assertThat(((FeedGap) gap.getBody()).getFrom())
                .isEqualTo(GithubOnLoopback.NOON.plusSeconds(1));
        assertThat(((FeedGap) gap.getBody()).getTo())
                .isEqualTo(GithubOnLoopback.NOON.plusSeconds(3));
        assertThat(events()).hasSize(8);
    }

    @Test
    void asManyEventsAsAreGivenAreNoGap() throws Exception {
        publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        for (int i = 0; i < 5; i++) {
            publish();
        }
        elapse(reader);
        assertThat(events()).hasSize(6);
        assertThat(revisions()).doesNotContain("gap");
    }

    @Test
    void aLimitIsWaitedForByTheServersClock() throws Exception {
        publish();
        github.answerOnce(
                RawHttpServer.of(
                        403,
                        Map.of(
                                "X-RateLimit-Remaining", "0",
                                "X-RateLimit-Reset",
                                        Long.toString(
                                                GithubOnLoopback.NOON
                                                        .plusSeconds(900)
                                                        .getEpochSecond()),
                                "Date", GithubOnLoopback.header(GithubOnLoopback.NOON)),
                        new byte[0]));
        github.answerOnce(RawHttpServer.of(429, Map.of("Retry-After", "1200"), new byte[0]));
        github.answerOnce(RawHttpServer.of(403, Map.of(), new byte[0]));
        SourceReader<FeedOutput, WatchSplit> reader =
                started(feed(watch(false).withClock(() -> now), 1));
        for (int i = 0; i < 4; i++) {
            now = now.plus(delays().get(i));
            elapse(reader);
        }

        assertThat(delays()).startsWith(Duration.ZERO, seconds(901), seconds(1_200), seconds(60));
        assertThat(events()).hasSize(1);
    }

    @Test
    void aUsedUpLimitIsNotTried() throws Exception {
        publish();
        github.answerOnce(
                RawHttpServer.of(
                        200,
                        Map.of(
                                "X-RateLimit-Remaining",
                                "0",
                                "X-RateLimit-Reset",
                                Long.toString(
                                        GithubOnLoopback.NOON.plusSeconds(10).getEpochSecond()),
                                "X-Poll-Interval",
                                "5",
                                "Date",
                                GithubOnLoopback.header(GithubOnLoopback.NOON)),
                        "[]".getBytes(StandardCharsets.UTF_8)));
        elapse(started(feed(false)));
        assertThat(delays()).containsExactly(Duration.ZERO, seconds(11));
    }

    @Test
    void brokenAnswersDelayEventsAndLoseNone() throws Exception {
        String commit = publish();
        byte[] half = "[{\"id\": \"1\", ".getBytes(StandardCharsets.UTF_8);
        github.answerOnce(RawHttpServer.of(200, Map.of(), half));
        github.answerOnce(RawHttpServer.of(502, Map.of(), new byte[0]));
        github.answerOnce(
                (request, out) ->
                        out.write("HTTP/1.1 200 OK\r\nConte".getBytes(StandardCharsets.UTF_8)));
        github.answerOnce(RawHttpServer.of(200, Map.of(), "{}".getBytes(StandardCharsets.UTF_8)));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        for (int i = 0; i < 5; i++) {
            elapse(reader);
        }
        assertThat(revisions()).containsExactly(commit);
    }

    @Test
    void anOldPushGivesEachDistinctCommit() throws Exception {
        ObjectNode push = github.event(name(0), "PushEvent");
        ObjectNode payload = push.putObject("payload");
        payload.put("ref", "refs/heads/dev").put("head", "b".repeat(40)).put("size", 3);
        payload.putArray("commits")
                .add(commit("a".repeat(40), true))
                .add(commit("c".repeat(40), false))
                .add(commit("b".repeat(40), true));
        github.add(name(0), push);
        elapse(started(feed(false)));
        assertThat(revisions()).containsExactly("a".repeat(40), "b".repeat(40));
    }

    @Test
    void whatPublishesNoCodeIsPassedOver() throws Exception {
        github.add(name(0), github.event(name(0), "WatchEvent"));
        ObjectNode deleted = github.event(name(0), "PushEvent").put("id", "2");
        deleted.putObject("payload")
                .put("ref", "refs/heads/gone")
                .put("head", "0".repeat(40))
                .put("before", "1".repeat(40));
        github.add(name(0), deleted);
        elapse(started(feed(false)));
        assertThat(events()).isEmpty();
        assertThat(letters()).isEmpty();
    }

    @Test
    void anEventThatLacksWhatItsTypeHasIsADeadLetterAndTheNextIsRead() throws Exception {
        ObjectNode push = github.event(name(0), "PushEvent");
        push.putObject("payload").put("ref", "refs/heads/main");
        github.add(name(0), push);
        String commit = publish();
        elapse(started(feed(false)));

        assertThat(revisions()).containsExactly(commit);
        assertThat(letters())
                .singleElement()
                .satisfies(
                        letter -> {
                            assertThat(letter.getTopic())
                                    .isEqualTo(github.address() + "/repos/" + name(0) + "/events");
                            assertThat(letter.getError()).isEqualTo("field head is missing");
                            assertThat(
                                            StandardCharsets.UTF_8
                                                    .decode(letter.getValue().duplicate())
                                                    .toString())
                                    .isEqualTo(push.toString());
                        });
    }

    @Test
    void theTokenComesFromAFileAndIsReadAnew() throws Exception {
        publish();
        Path file = Files.writeString(folder.resolve("token"), "first\n");
        SourceReader<FeedOutput, WatchSplit> reader =
                started(feed(watch(false), 1, file.toString()));
        elapse(reader);
        Files.writeString(file, "second\n");
        elapse(reader);
        assertThat(github.requests())
                .extracting(request -> request.headers().get("Authorization"))
                .containsExactly("Bearer first", "Bearer second");
    }

    @Test
    void aLimitHoldsForAllTargets() throws Exception {
        publish(0);
        publish(1);
        github.answerOnce(RawHttpServer.of(429, Map.of("Retry-After", "30"), new byte[0]));
        SourceReader<FeedOutput, WatchSplit> reader =
                started(feed(watch(false).withClock(() -> now), 2));
        elapse(reader);
        assertThat(github.requests()).hasSize(1);
        assertThat(delays())
                .containsExactly(Duration.ZERO, Duration.ZERO, seconds(30), seconds(30));

        now = now.plusSeconds(30);
        elapse(reader);
        assertThat(events()).hasSize(2);
    }

    @Test
    void aLimitThatNamesNoTimeIsWaitedForLongerEachTime() throws Exception {
        publish();
        for (int i = 0; i < 3; i++) {
            github.answerOnce(RawHttpServer.of(403, Map.of(), new byte[0]));
        }
        SourceReader<FeedOutput, WatchSplit> reader =
                started(feed(watch(false).withClock(() -> now), 1));
        for (int i = 0; i < 4; i++) {
            now = now.plus(delays().get(i));
            elapse(reader);
        }
        assertThat(delays()).startsWith(Duration.ZERO, seconds(60), seconds(120), seconds(240));
        assertThat(events()).hasSize(1);
    }

    @Test
    void pagesThatRepeatAndReorderEventsYieldEachOnceInTheirOrder() throws Exception {
        List<ObjectNode> pushes = new ArrayList<>();
        List<String> commits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            commits.add(publish());
            pushes.add(github.newest(name(0)));
        }
        String next = "<" + github.address() + ">; rel=\"next\"";
        github.answerOnce(page(Map.of("Link", next), pushes.get(2), pushes.get(3)));
        github.answerOnce(page(Map.of("Link", next), pushes.get(2), pushes.get(0)));
        github.answerOnce(page(Map.of(), pushes.get(1), pushes.get(0)));
        elapse(
                started(
                        GithubFeedSource.of(
                                List.of(name(0)),
                                github.address(),
                                null,
                                true,
                                300,
                                watch(false))));
        assertThat(revisions()).containsExactlyElementsOf(commits);
    }

    @Test
    void aPageThatFailsLosesNoneOfTheOthers() throws Exception {
        String first = publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        List<String> commits = new ArrayList<>(List.of(first));
        for (int i = 0; i < 4; i++) {
            commits.add(publish());
        }
        github.answerLater(1, RawHttpServer.of(502, Map.of(), new byte[0]));
        elapse(reader);
        assertThat(events()).hasSize(1);
        elapse(reader);
        assertThat(revisions()).containsExactlyElementsOf(commits);
    }

    @Test
    void aListWhoseOldEventsAreGoneIsNoGapUnlessTheyAreOlderThanGithubKeepsThem() throws Exception {
        publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        github.forget(name(0));
        publish();
        github.date(GithubOnLoopback.NOON.plus(Duration.ofDays(29)));
        elapse(reader);
        assertThat(revisions()).doesNotContain("gap").hasSize(2);

        github.forget(name(0));
        publish();
        github.date(GithubOnLoopback.NOON.plus(Duration.ofDays(40)));
        elapse(reader);
        FeedGap gap = (FeedGap) events().get(2).getBody();
        assertThat(gap.getFrom()).isEqualTo(GithubOnLoopback.NOON.plusSeconds(2));
        assertThat(gap.getTo()).isEqualTo(GithubOnLoopback.NOON.plus(Duration.ofDays(10)));
        assertThat(gap.getWhy()).contains("no events older than 30 days");
    }

    @Test
    void anEventWithoutAnIdIsADeadLetterOnce() throws Exception {
        ObjectNode odd = github.event(name(0), "PushEvent");
        odd.remove("id");
        github.add(name(0), odd);
        String first = publish();
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        String second = publish();
        elapse(reader);
        assertThat(revisions()).containsExactly(first, second);
        assertThat(letters()).singleElement().extracting(DeadLetter::getOffset).isEqualTo(2L);
    }

    @Test
    void anOrganizationAndEverythingPublicAreTargets() {
        assertThat(feedOf(List.of("apache")).targets()).containsExactly("orgs/apache/events");
        assertThat(feedOf(List.of()).targets()).containsExactly("events");
        assertThat(feedOf(List.of()).oneReader()).isTrue();
    }

    @Test
    void theTokenIsInNoMessage() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "very-secret\n");
        github.answerOnce(RawHttpServer.of(401, Map.of(), new byte[0]));
        publish();
        assertThat(feed(watch(true), 1, file.toString()).check())
                .containsExactly(
                        github.address()
                                + "/repos/"
                                + name(0)
                                + "/events answered 401: the token is not valid");
        assertThat(feed(watch(true), 1, folder.resolve("none").toString()).check())
                .containsExactly("the token file " + folder.resolve("none") + " cannot be read");
    }

    @Test
    void aNameThatIsNoRepositoryIsRefused() {
        assertThatThrownBy(
                        () ->
                                GithubFeedSource.of(
                                        List.of("a/b/c"),
                                        "https://api.github.com",
                                        null,
                                        false,
                                        2,
                                        WatchOptions.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a repository is owner/name");
    }

    private GithubFeedSource feedOf(List<String> names) {
        return GithubFeedSource.of(names, github.address(), null, true, 2, watch(false));
    }

    private static RawHttpServer.Answer page(Map<String, String> headers, ObjectNode... events) {
        return RawHttpServer.of(
                200, headers, List.of(events).toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode commit(String sha, boolean distinct) {
        return JsonNodeFactory.instance.objectNode().put("sha", sha).put("distinct", distinct);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
