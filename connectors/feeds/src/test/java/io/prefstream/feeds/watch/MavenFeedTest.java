package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.MavenRepositoryOnDisk;
import io.prefstream.feeds.MavenFeedSource;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MavenFeedTest extends FeedContract {

    private static final List<String> ARTIFACTS = List.of("org.a:lib", "org.a:other", "org.b:lib");

    private MavenRepositoryOnDisk repository;
    private int published;

    @BeforeEach
    void newRepository() {
        repository = new MavenRepositoryOnDisk(folder);
    }

    @Override
    WatchSource feed(WatchOptions watch, int repositories) {
        return feed(watch, IntStream.range(0, repositories).mapToObj(ARTIFACTS::get).toList());
    }

    @Override
    String publish(int artifact) {
        String version = "1." + published++;
        publish(ARTIFACTS.get(artifact), version);
        return version;
    }

    @Override
    WatchSource feedOverNothing() {
        return feed(watch(true), List.of("org.a:nothing"));
    }

    @Test
    void anEventSaysWhereItsSourcesAre() throws Exception {
        publish("1.0");
        elapse(started(feed(false)));
        assertThat(publications())
                .containsExactly(
                        Publication.newBuilder()
                                .setRepository("maven:org.a:lib")
                                .setOrigin(Origin.MAVEN)
                                .setRevision("1.0")
                                .setLocator("org.a:lib:1.0")
                                .setPublishedAt(
                                        MavenRepositoryOnDisk.MADE.toInstant(ZoneOffset.UTC))
                                .build());
        assertThat(events().get(0).getObservedAt()).isEqualTo(Events.NOON);
    }

    @Test
    void aFixedVersionIsEmittedOnce() throws Exception {
        publish("1.0");
        publish("2.0");
        var reader = started(feed(watch(false), List.of("org.a:lib:1.0")));
        elapse(reader);
        elapse(reader);
        assertThat(revisions()).containsExactly("1.0");
    }

    @Test
    void theFirstLookPrefersReleasesToMilestonesAndDates() throws Exception {
        for (String version : List.of("1.0", "1.1", "20030203.000550", "2.0-M1", "2.0-SNAPSHOT")) {
            publish(version);
        }
        elapse(started(feed(false)));
        assertThat(revisions()).containsExactly("1.0", "1.1");
    }

    @Test
    void aVersionWithoutSourcesIsAnEventOfUnknownTime() throws Exception {
        repository.publishWithoutSources("org.a", "lib", "1.0");
        elapse(started(feed(false)));
        assertThat(publications())
                .singleElement()
                .satisfies(it -> assertThat(it.getPublishedAt()).isEqualTo(Instant.EPOCH));
    }

    @Test
    void whenTheRepositoryVanishesTheCachedVersionsCount() throws Exception {
        publish("1.0");
        elapse(started(feed(false)));
        repository.vanish();
        elapse(started(offlineFeed()));
        assertThat(revisions()).containsExactly("1.0", "1.0");
    }

    @Test
    void theCheckNamesAVersionThatDoesNotExist() {
        publish("1.0");
        assertThat(feed(watch(true), List.of("org.a:lib:1.0")).check()).isEmpty();
        assertThat(feed(watch(true), List.of("org.a:lib:9.9")).check())
                .containsExactly("no artifact org.a:lib:pom:9.9 in " + repository.url());
    }

    @Test
    void refusesWhatIsNoCoordinates() {
        assertThatThrownBy(() -> MavenFeedSource.of(List.of("lib")))
                .hasMessage("coordinates must have the form group:artifact[:version], got 'lib'");
        assertThatThrownBy(() -> MavenFeedSource.of(List.of()).build())
                .hasMessage("the maven feed has nothing to watch");
    }

    private void publish(String version) {
        publish("org.a:lib", version);
    }

    private void publish(String artifact, String version) {
        String[] parts = artifact.split(":");
        repository.publish(parts[0], parts[1], version, Map.of("A.java", "class A {}"));
    }

    private WatchSource feed(WatchOptions watch, List<String> coordinates) {
        return MavenFeedSource.of(coordinates)
                .settings(repository.settings())
                .initialVersions(2)
                .watch(watch)
                .build();
    }

    private WatchSource offlineFeed() {
        return MavenFeedSource.of(List.of("org.a:lib"))
                .settings(repository.settings().withOffline(true))
                .watch(watch(false))
                .build();
    }
}
