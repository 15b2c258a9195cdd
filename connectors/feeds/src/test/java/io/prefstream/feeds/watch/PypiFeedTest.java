package io.prefstream.feeds.watch;

import io.prefstream.feeds.packages.PackageFeedSource;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;

class PypiFeedTest extends RssFeedContract {

    @Override
    PackageFeedSource feed(PackageFeedSource.Settings settings) {
        return PackageFeedSource.pypi(registries.address("pypi"), settings);
    }

    @Override
    Publication expected() {
        return publication(Origin.PYPI)
                .setRepository("pypi:package-0")
                .setLocator(registries.address("pypi") + "/files/package-0-1.0.0.tar.gz")
                .setDigest("sha256:" + "ab".repeat(32))
                .setDeclaredLicence("Apache-2.0")
                .build();
    }

    @Override
    void breakPackage() {
        registries.answer("/pypi/pypi/package-1/json", "[]");
    }
}
