package io.prefstream.content.maven;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.maven.settings.Mirror;
import org.apache.maven.settings.Profile;
import org.apache.maven.settings.Proxy;
import org.apache.maven.settings.Repository;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.DefaultSettingsBuilderFactory;
import org.apache.maven.settings.building.DefaultSettingsBuildingRequest;
import org.apache.maven.settings.building.SettingsBuildingException;
import org.apache.maven.settings.crypto.DefaultSettingsDecrypter;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecryptionResult;
import org.eclipse.aether.RepositorySystemSession.SessionBuilder;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.util.repository.AuthenticationBuilder;
import org.eclipse.aether.util.repository.DefaultAuthenticationSelector;
import org.eclipse.aether.util.repository.DefaultMirrorSelector;
import org.eclipse.aether.util.repository.DefaultProxySelector;
import org.jspecify.annotations.Nullable;
import org.sonatype.plexus.components.cipher.DefaultPlexusCipher;
import org.sonatype.plexus.components.sec.dispatcher.DefaultSecDispatcher;

/**
 * The user's and the installation's settings.xml, merged and decrypted, as the resolver wants them.
 * Of profiles only the settings' {@code <activeProfiles>} and those active by default count; others
 * need a build to be activated by.
 */
final class EffectiveSettings {

    private static final String CENTRAL = "https://repo.maven.apache.org/maven2";
    private static final RepositoryPolicy RELEASES =
            new RepositoryPolicy(
                    true,
                    RepositoryPolicy.UPDATE_POLICY_ALWAYS,
                    RepositoryPolicy.CHECKSUM_POLICY_WARN);
    private static final RepositoryPolicy NO_SNAPSHOTS =
            new RepositoryPolicy(
                    false,
                    RepositoryPolicy.UPDATE_POLICY_NEVER,
                    RepositoryPolicy.CHECKSUM_POLICY_WARN);

    private final MavenSettings asked;
    private final Settings settings;
    private final SettingsDecryptionResult secrets;

    private EffectiveSettings(MavenSettings asked, Settings settings) {
        this.asked = asked;
        this.settings = settings;
        this.secrets =
                new DefaultSettingsDecrypter(new DefaultSecDispatcher(new DefaultPlexusCipher()))
                        .decrypt(new DefaultSettingsDecryptionRequest(settings));
    }

    /**
     * @throws IllegalArgumentException if a settings file cannot be understood
     */
    static EffectiveSettings of(MavenSettings asked) {
        DefaultSettingsBuildingRequest request = new DefaultSettingsBuildingRequest();
        File user =
                asked.settingsFile() == null
                        ? home().resolve(".m2/settings.xml").toFile()
                        : new File(asked.settingsFile());
        if (asked.settingsFile() != null && !user.isFile()) {
            throw new IllegalArgumentException("no Maven settings file at " + user);
        }
        request.setUserSettingsFile(user);
        File installation = installationSettings();
        if (installation != null) {
            request.setGlobalSettingsFile(installation);
        }
        Properties properties = new Properties();
        properties.putAll(System.getProperties());
        System.getenv().forEach((key, value) -> properties.put("env." + key, value));
        request.setSystemProperties(properties);
        try {
            Settings settings =
                    new DefaultSettingsBuilderFactory()
                            .newInstance()
                            .build(request)
                            .getEffectiveSettings();
            return new EffectiveSettings(asked, settings);
        } catch (SettingsBuildingException e) {
            throw new IllegalArgumentException(
                    "Maven settings are not readable: "
                            + String.valueOf(e.getMessage()).replaceAll("\\s*\\n\\s*", "; "),
                    e);
        }
    }

    boolean offline() {
        return asked.offline() || settings.isOffline();
    }

    Path localRepository() {
        if (asked.localRepository() != null) {
            return Path.of(asked.localRepository()).toAbsolutePath();
        }
        String property = System.getProperty("maven.repo.local");
        if (property != null) {
            return Path.of(property).toAbsolutePath();
        }
        String configured = settings.getLocalRepository();
        return configured == null || configured.isBlank()
                ? home().resolve(".m2/repository")
                : Path.of(configured).toAbsolutePath();
    }

    void applyTo(SessionBuilder session) {
        session.setOffline(offline());
        DefaultMirrorSelector mirrors = new DefaultMirrorSelector();
        for (Mirror mirror : settings.getMirrors()) {
            mirrors.add(
                    mirror.getId(),
                    mirror.getUrl(),
                    mirror.getLayout(),
                    false,
                    mirror.isBlocked(),
                    mirror.getMirrorOf(),
                    mirror.getMirrorOfLayouts());
        }
        session.setMirrorSelector(mirrors);
        DefaultProxySelector proxies = new DefaultProxySelector();
        for (Proxy proxy : secrets.getProxies()) {
            if (proxy.isActive()) {
                proxies.add(
                        new org.eclipse.aether.repository.Proxy(
                                proxy.getProtocol(),
                                proxy.getHost(),
                                proxy.getPort(),
                                new AuthenticationBuilder()
                                        .addUsername(proxy.getUsername())
                                        .addPassword(proxy.getPassword())
                                        .build()),
                        proxy.getNonProxyHosts());
            }
        }
        session.setProxySelector(proxies);
        DefaultAuthenticationSelector authentication = new DefaultAuthenticationSelector();
        for (Server server : secrets.getServers()) {
            authentication.add(
                    server.getId(),
                    new AuthenticationBuilder()
                            .addUsername(server.getUsername())
                            .addPassword(server.getPassword())
                            .addPrivateKey(server.getPrivateKey(), server.getPassphrase())
                            .build());
        }
        session.setAuthenticationSelector(authentication);
    }

    /** The repositories to ask, before mirrors. */
    List<RemoteRepository> repositories() {
        Map<String, String> urlById = new LinkedHashMap<>();
        if (asked.repositories().isEmpty()) {
            for (Profile profile : activeProfiles()) {
                for (Repository repository : profile.getRepositories()) {
                    if (repository.getReleases() == null || repository.getReleases().isEnabled()) {
                        urlById.putIfAbsent(repository.getId(), repository.getUrl());
                    }
                }
            }
            urlById.putIfAbsent("central", CENTRAL);
        } else {
            for (String text : asked.repositories()) {
                int separator = text.indexOf("::");
                String url = separator < 0 ? text : text.substring(separator + 2);
                String id = separator < 0 ? idOf(url) : text.substring(0, separator);
                urlById.put(id, url);
            }
        }
        List<RemoteRepository> repositories = new ArrayList<>();
        urlById.forEach(
                (id, url) ->
                        repositories.add(
                                new RemoteRepository.Builder(id, "default", url)
                                        .setReleasePolicy(RELEASES)
                                        .setSnapshotPolicy(NO_SNAPSHOTS)
                                        .build()));
        return repositories;
    }

    private List<Profile> activeProfiles() {
        List<Profile> active = new ArrayList<>();
        for (Profile profile : settings.getProfiles()) {
            boolean byDefault =
                    profile.getActivation() != null && profile.getActivation().isActiveByDefault();
            if (byDefault || settings.getActiveProfiles().contains(profile.getId())) {
                active.add(profile);
            }
        }
        return active;
    }

    /**
     * Central keeps its well-known id, because the local cache remembers where a file came from.
     */
    private static String idOf(String url) {
        String bare = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        return bare.equals(CENTRAL) ? "central" : bare.replaceAll("[^A-Za-z0-9.]+", "-");
    }

    private static @Nullable File installationSettings() {
        for (String home :
                new @Nullable String[] {
                    System.getProperty("maven.home"),
                    System.getenv("MAVEN_HOME"),
                    System.getenv("M2_HOME")
                }) {
            if (home != null) {
                File file = new File(home, "conf/settings.xml");
                if (file.isFile()) {
                    return file;
                }
            }
        }
        return null;
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home", "."));
    }
}
