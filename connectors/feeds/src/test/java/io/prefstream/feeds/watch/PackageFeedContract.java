package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.feeds.packages.RegistriesOnLoopback;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every feed of a package registry promises, by name and for all of it. */
abstract class PackageFeedContract extends FeedContract {

    final RegistriesOnLoopback registries = new RegistriesOnLoopback();

    @AfterEach
    void stop() throws IOException {
        registries.close();
    }

    abstract PackageFeedSource feed(PackageFeedSource.Settings settings);

    /** What the feed says of version {@code 1.0.0} of {@code package-0}. */
    abstract Publication expected();

    @Override
    WatchSource feed(WatchOptions watch, int repositories) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < repositories; i++) {
            names.add("package-" + i);
        }
        return feed(new PackageFeedSource.Settings(names, 2, true, watch));
    }

    @Override
    String publish(int repository) {
        return registries.publish("package-" + repository);
    }

    @Override
    WatchSource feedOverNothing() {
        return feed(new PackageFeedSource.Settings(List.of("nothing"), 1, true, watch(true)));
    }

    WatchSource feedOverAll() {
        return feed(new PackageFeedSource.Settings(List.of(), 1, true, watch(false)));
    }

    @Test
    void aPublicationSaysWhereItsArchiveIsAndWhatItIs() throws Exception {
        publish();
        elapse(started(feed(false)));
        assertThat(publications()).containsExactly(expected());
    }

    @Test
    void aWholeRegistryIsFollowedFromNowOn() throws Exception {
        publish(0);
        SourceReader<FeedOutput, WatchSplit> reader = started(feedOverAll());
        elapse(reader);
        int before = events().size(); // an RSS page shows what is already there
        String second = publish(1);
        String third = publish(0);
        elapse(reader);
        elapse(reader);
        assertThat(revisions().subList(before, events().size())).containsExactly(second, third);
    }

    @Test
    void aPackageThatCannotBeUnderstoodIsADeadLetterAndTheNextIsRead() throws Exception {
        SourceReader<FeedOutput, WatchSplit> reader = started(feedOverAll());
        elapse(reader);
        publish(1);
        breakPackage();
        String good = publish(2);
        elapse(reader);
        assertThat(revisions()).containsExactly(good);
        assertThat(letters())
                .singleElement()
                .satisfies(letter -> assertThat(letter.getTopic()).contains("package-1"));
    }

    /** Makes what the registry says of {@code package-1} unreadable. */
    abstract void breakPackage();

    @Test
    void aLimitIsWaitedFor() throws Exception {
        String version = publish();
        registries.answerOnce(RawHttpServer.of(429, Map.of("Retry-After", "900"), new byte[0]));
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        elapse(reader);
        elapse(reader);
        assertThat(delays()).startsWith(Duration.ZERO, Duration.ofMinutes(15));
        assertThat(revisions()).containsExactly(version);
    }

    @Test
    void brokenAnswersDelayEventsAndLoseNone() throws Exception {
        String version = publish();
        registries.answerOnce(RawHttpServer.of(500, Map.of(), new byte[0]));
        registries.answerOnce(RawHttpServer.of(200, Map.of(), new byte[] {'{', '"'}));
        registries.answerOnce((request, out) -> {});
        SourceReader<FeedOutput, WatchSplit> reader = started(feed(false));
        for (int look = 0; look < 4; look++) {
            elapse(reader);
        }
        assertThat(revisions()).containsExactly(version);
    }

    @Test
    void aNameThatIsNoPackageIsRefused() {
        assertThatThrownBy(
                        () ->
                                new PackageFeedSource.Settings(
                                        List.of("../x"), 1, true, WatchOptions.DEFAULTS))
                .hasMessage("'../x' is no package");
    }

    static Publication.Builder publication(Origin origin) {
        return Publication.newBuilder()
                .setOrigin(origin)
                .setRevision("1.0.0")
                .setPublishedAt(RegistriesOnLoopback.NOON);
    }
}
