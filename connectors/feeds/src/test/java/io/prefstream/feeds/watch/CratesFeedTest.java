package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.feeds.packages.RegistriesOnLoopback;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReader;
import org.junit.jupiter.api.Test;

class CratesFeedTest extends PackageFeedContract {

    @Override
    PackageFeedSource feed(PackageFeedSource.Settings settings) {
        return PackageFeedSource.crates(
                registries.address("crates"), registries.address("crates"), settings);
    }

    @Override
    Publication expected() {
        return publication(Origin.CRATES)
                .setRepository("crates:package-0")
                .setLocator(
                        registries.address("crates") + "/crates/package-0/package-0-1.0.0.crate")
                .setDigest("sha256:" + "cd".repeat(32))
                .setDeclaredLicence(null)
                .build();
    }

    @Override
    void breakPackage() {
        registries.answer("/crates/pa/ck/package-1", "{\"vers\": \"1\"}");
    }

    @Test
    void whatThePageNoLongerShowsIsAGap() throws Exception {
        registries.rssItems(3);
        publish(0);
        SourceReader<FeedOutput, WatchSplit> reader = started(feedOverAll());
        elapse(reader);
        for (int i = 0; i < 5; i++) {
            publish(1);
        }
        elapse(reader);
        FeedGap gap = (FeedGap) events().get(1).getBody();
        assertThat(gap.getFrom()).isEqualTo(RegistriesOnLoopback.NOON);
        assertThat(gap.getTo()).isEqualTo(RegistriesOnLoopback.timeOf(3));
        assertThat(events()).hasSize(5);
    }

    @Test
    void aPageThatIsNoRssDelaysEvents() throws Exception {
        SourceReader<FeedOutput, WatchSplit> reader = started(feedOverAll());
        registries.answerOnce(
                RawHttpServer.of(
                        200,
                        Map.of(),
                        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><rss>&e;</rss>"
                                .getBytes(StandardCharsets.UTF_8)));
        String version = publish(0);
        elapse(reader);
        assertThat(events()).isEmpty();
        elapse(reader);
        assertThat(revisions()).containsExactly(version);
    }
}
