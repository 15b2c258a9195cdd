package io.prefstream.feeds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.schemas.FeedOutput;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.connector.source.SourceReader;
import org.junit.jupiter.api.Test;

class NpmFeedTest extends PackageFeedContract {

    @Override
    PackageFeedSource feed(PackageFeedSource.Settings settings) {
        String address = registries.address("npm");
        return PackageFeedSource.npm(address, address, settings);
    }

    @Override
    Publication expected() {
        return publication(Origin.NPM)
                .setRepository("npm:package-0")
                .setLocator(registries.address("npm") + "/package-0-1.0.0.tgz")
                .setDigest("sha512:00010203")
                .setDeclaredLicence("MIT")
                .build();
    }

    @Override
    void breakPackage() {
        registries.answer("/npm/package-1", "{\"name\": \"package-1\"}");
    }

    @Test
    void manyChangesAreReadInParts() throws Exception {
        SourceReader<FeedOutput, WatchSplit> reader = started(feedOverAll());
        elapse(reader);
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            published.add(registries.publish("many-" + i));
        }
        for (int look = 0; look < 4; look++) {
            elapse(reader);
        }
        assertThat(revisions()).containsExactlyElementsOf(published);
    }
}
