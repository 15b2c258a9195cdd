package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.MavenRepositoryOnDisk;
import io.prefstream.feeds.MavenFeedSource;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MavenFeedTest extends FeedContract {

    private MavenRepositoryOnDisk repository;
    private int published;

    @BeforeEach
    void newRepository() {
        repository = new MavenRepositoryOnDisk(folder);
    }

    @Override
    WatchSource feed(boolean bounded) {
        return feed(bounded, "org.a:lib");
    }

    @Override
    String publish() {
        return publish("1." + published++);
    }

    @Override
    WatchSource feedOverNothing() {
        return feed(true, "org.a:nothing");
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
        var reader = started(feed(false, "org.a:lib:1.0"));
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
        assertThat(feed(true, "org.a:lib:1.0").check()).isEmpty();
        assertThat(feed(true, "org.a:lib:9.9").check())
                .containsExactly("no artifact org.a:lib:pom:9.9 in " + repository.url());
    }

    @Test
    void refusesWhatIsNoCoordinates() {
        assertThatThrownBy(() -> MavenFeedSource.of(List.of("lib")))
                .hasMessage("coordinates must have the form group:artifact[:version], got 'lib'");
        assertThatThrownBy(() -> MavenFeedSource.of(List.of()).build())
                .hasMessage("the maven feed has nothing to watch");
    }

    private String publish(String version) {
        repository.publish("org.a", "lib", version, Map.of("A.java", "class A {}"));
        return version;
    }

    private WatchSource feed(boolean bounded, String coordinates) {
        MavenFeedSource.Builder builder =
                MavenFeedSource.of(List.of(coordinates))
                        .settings(repository.settings())
                        .initialVersions(2)
                        .pollInterval(Duration.ofMillis(20))
                        .clock(() -> Events.NOON);
        return bounded ? builder.bounded().build() : builder.build();
    }

    private WatchSource offlineFeed() {
        return MavenFeedSource.of(List.of("org.a:lib"))
                .settings(repository.settings().withOffline(true))
                .clock(() -> Events.NOON)
                .build();
    }
}
