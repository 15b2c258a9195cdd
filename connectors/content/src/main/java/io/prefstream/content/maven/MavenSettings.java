package io.prefstream.content.maven;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which Maven set-up to use. {@link #DEFAULTS} is what {@code mvn} itself would use on this
 * machine.
 *
 * @param settingsFile the user's settings.xml; null for {@code ~/.m2/settings.xml}
 * @param localRepository folder of the local cache; null for the one of the settings, or {@code
 *     ~/.m2/repository}
 * @param offline never use the network; the settings' {@code <offline>} has the same effect
 * @param repositories where to look, each a URL or {@code id::URL}; mirrors of the settings apply.
 *     Empty for Maven Central and the repositories of the settings' active profiles
 */
public record MavenSettings(
        @Nullable String settingsFile,
        @Nullable String localRepository,
        boolean offline,
        List<String> repositories)
        implements Serializable {

    public static final MavenSettings DEFAULTS = new MavenSettings(null, null, false, List.of());

    public MavenSettings {
        repositories = List.copyOf(repositories);
    }

    public MavenSettings withOffline(boolean newOffline) {
        return new MavenSettings(settingsFile, localRepository, newOffline, repositories);
    }

    public MavenSettings withLocalRepository(String newLocalRepository) {
        return new MavenSettings(settingsFile, newLocalRepository, offline, repositories);
    }

    public MavenSettings withRepositories(List<String> newRepositories) {
        return new MavenSettings(settingsFile, localRepository, offline, newRepositories);
    }
}
