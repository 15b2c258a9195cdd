package io.prefstream.local;

import java.util.List;

/**
 * What a run reads when nothing else is said: widely used libraries with permissive licences (all
 * Apache-2.0) whose sources are well documented and differ in what they are about.
 */
final class WellKnownArtifacts {

    static final List<String> COORDINATES =
            List.of(
                    "org.apache.commons:commons-lang3",
                    "org.apache.commons:commons-collections4",
                    "org.apache.commons:commons-math3",
                    "org.apache.commons:commons-text",
                    "org.apache.commons:commons-compress",
                    "org.apache.commons:commons-csv",
                    "commons-io:commons-io",
                    "commons-codec:commons-codec",
                    "com.google.guava:guava",
                    "com.google.code.gson:gson",
                    "com.fasterxml.jackson.core:jackson-core",
                    "com.fasterxml.jackson.core:jackson-databind",
                    "joda-time:joda-time",
                    "io.netty:netty-common");

    private WellKnownArtifacts() {}
}
