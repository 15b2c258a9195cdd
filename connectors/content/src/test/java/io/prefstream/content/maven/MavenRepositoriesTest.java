package io.prefstream.content.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.content.testing.MavenRepositoryOnDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MavenRepositoriesTest {

    private static final MavenCoordinates LIB = MavenCoordinates.parse("org.a:lib");

    @TempDir Path folder;
    private MavenRepositoryOnDisk repository;

    @BeforeEach
    void newRepository() {
        repository = new MavenRepositoryOnDisk(folder);
    }

    @Test
    void listsReleasesInMavensOrderWithoutSnapshots() throws Exception {
        for (String version : List.of("1.10", "1.9", "2.0-SNAPSHOT", "1.10-rc1")) {
            repository.publishWithoutSources("org.a", "lib", version);
        }
        try (MavenRepositories repositories = MavenRepositories.open(repository.settings())) {
            assertThat(repositories.releases(LIB)).containsExactly("1.9", "1.10-rc1", "1.10");
        }
    }

    @Test
    void seesAVersionThatIsPublishedLater() throws Exception {
        repository.publishWithoutSources("org.a", "lib", "1.0");
        try (MavenRepositories repositories = MavenRepositories.open(repository.settings())) {
            assertThat(repositories.releases(LIB)).containsExactly("1.0");
            repository.publishWithoutSources("org.a", "lib", "1.1");
            assertThat(repositories.releases(LIB)).containsExactly("1.0", "1.1");
        }
    }

    @Test
    void offlineOnlyCachedVersionsCount() throws Exception {
        repository.publish("org.a", "lib", "1.0", Map.of("A.java", "class A {}"));
        repository.publish("org.a", "lib", "2.0", Map.of("A.java", "class A {}"));
        try (MavenRepositories online = MavenRepositories.open(repository.settings())) {
            assertThat(online.releases(LIB)).containsExactly("1.0", "2.0");
            online.file(LIB.at("1.0"), "sources", "jar");
        }
        try (MavenRepositories offline =
                MavenRepositories.open(repository.settings().withOffline(true))) {
            assertThat(offline.releases(LIB)).containsExactly("1.0");
        }
    }

    @Test
    void saysInOneLineThatAnArtifactDoesNotExist() {
        try (MavenRepositories repositories = MavenRepositories.open(repository.settings())) {
            assertThatThrownBy(() -> repositories.releases(LIB))
                    .isInstanceOfSatisfying(
                            ArtifactUnavailableException.class,
                            e ->
                                    assertThat(e.why())
                                            .isEqualTo(ArtifactUnavailableException.Cause.MISSING))
                    .hasMessage("no versions of org.a:lib in " + repository.url());
        }
    }

    @Test
    void honoursTheMirrorOfTheSettings() throws Exception {
        repository.publishWithoutSources("org.a", "lib", "1.0");
        Path settings = folder.resolve("mirrored.xml");
        Files.writeString(
                settings,
                """
                <settings><localRepository>%s</localRepository><mirrors><mirror>
                <id>house</id><mirrorOf>*</mirrorOf><url>%s</url>
                </mirror></mirrors></settings>
                """
                        .formatted(folder.resolve("from-settings"), repository.url()));
        MavenSettings asked = new MavenSettings(settings.toString(), null, false, List.of());
        try (MavenRepositories repositories = MavenRepositories.open(asked)) {
            assertThat(repositories.releases(LIB)).containsExactly("1.0");
            assertThat(repositories.file(LIB.at("1.0"), "", "pom"))
                    .startsWith(folder.resolve("from-settings"));
        }
    }

    @Test
    void refusesSettingsThatAreNotThereOrNotReadable() throws Exception {
        Path absent = folder.resolve("absent.xml");
        assertThatThrownBy(
                        () ->
                                MavenRepositories.open(
                                        new MavenSettings(
                                                absent.toString(), null, false, List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no Maven settings file at " + absent);
        Path broken = Files.writeString(folder.resolve("broken.xml"), "<settings>");
        assertThatThrownBy(
                        () ->
                                MavenRepositories.open(
                                        new MavenSettings(
                                                broken.toString(), null, false, List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Maven settings are not readable")
                .hasMessageContaining("broken.xml");
    }

    @Test
    void coordinatesNameWhatIsWrong() {
        assertThat(MavenCoordinates.parse("org.a:lib:1.0-b+2").version()).isEqualTo("1.0-b+2");
        assertThatThrownBy(() -> MavenCoordinates.parse("lib"))
                .hasMessage("coordinates must have the form group:artifact[:version], got 'lib'");
        assertThatThrownBy(() -> MavenCoordinates.parse("org.a:..:1"))
                .hasMessageContaining("artifact may hold letters, digits and . _ + -, got '..'");
    }
}
