package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.feeds.packages.RegistriesOnLoopback;
import io.prefstream.schemas.FeedGap;
import io.prefstream.schemas.FeedOutput;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReader;
import org.junit.jupiter.api.Test;

/** What feeds promise that follow a whole registry by its RSS page. */
abstract class RssFeedContract extends PackageFeedContract {

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
