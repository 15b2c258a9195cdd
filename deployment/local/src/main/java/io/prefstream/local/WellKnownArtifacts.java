package io.prefstream.local;

import java.util.List;

/**
 * What a run reads when nothing else is said: widely used libraries with permissive licences (all
 * Apache-2.0) whose sources are well documented and differ in what they are about.
 *
 * <p>A run with an end reads these versions, so that it finds the same code everywhere (a
 * repository does not always have the sources of the newest version yet); a run without end watches
 * for whatever is published.
 */
final class WellKnownArtifacts {

    private static final List<String> VERSIONS =
            List.of(
                    "org.apache.commons:commons-lang3:3.18.0",
                    "org.apache.commons:commons-collections4:4.5.0",
                    "org.apache.commons:commons-math3:3.6.1",
                    "org.apache.commons:commons-text:1.14.0",
                    "org.apache.commons:commons-compress:1.28.0",
                    "org.apache.commons:commons-csv:1.14.1",
                    "commons-io:commons-io:2.20.0",
                    "commons-codec:commons-codec:1.19.0",
                    "com.google.guava:guava:33.4.8-jre",
                    "com.google.code.gson:gson:2.13.1",
                    "com.fasterxml.jackson.core:jackson-core:2.20.1",
                    "com.fasterxml.jackson.core:jackson-databind:2.20.1",
                    "joda-time:joda-time:2.14.0",
                    "io.netty:netty-common:4.1.118.Final");

    private WellKnownArtifacts() {}

    /** Coordinates for a feed, with versions for a run that ends. */
    static List<String> coordinates(boolean forever) {
        return forever
                ? VERSIONS.stream().map(c -> c.substring(0, c.lastIndexOf(':'))).toList()
                : VERSIONS;
    }
}
