package io.prefstream.feeds.watch;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;

class CratesFeedTest extends RssFeedContract {

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
}
