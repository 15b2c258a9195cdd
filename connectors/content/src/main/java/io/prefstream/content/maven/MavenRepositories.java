package io.prefstream.content.maven;

import io.prefstream.content.maven.ArtifactUnavailableException.Cause;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession.CloseableSession;
import org.eclipse.aether.RepositorySystemSession.SessionBuilder;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.VersionRangeRequest;
import org.eclipse.aether.resolution.VersionRangeResolutionException;
import org.eclipse.aether.resolution.VersionRangeResult;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.supplier.SessionBuilderSupplier;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.MetadataNotFoundException;
import org.eclipse.aether.transfer.RepositoryOfflineException;
import org.eclipse.aether.util.version.GenericVersionScheme;
import org.eclipse.aether.version.InvalidVersionSpecificationException;
import org.eclipse.aether.version.Version;

/**
 * Maven repositories as {@code mvn} sees them: settings.xml with its mirrors, proxies and servers,
 * the local cache, and offline work from it, through Maven's own resolver.
 *
 * <p>Every call has a session of its own, since a session remembers what it has checked and would
 * never see a version published later. Safe for many threads.
 */
public final class MavenRepositories implements AutoCloseable {

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
    private static final int REQUEST_TIMEOUT_MILLIS = 60_000;

    private final RepositorySystem system;
    private final EffectiveSettings settings;

    private MavenRepositories(EffectiveSettings settings) {
        this.settings = settings;
        this.system = new RepositorySystemSupplier().get();
    }

    /**
     * @throws IllegalArgumentException if a settings file is missing or cannot be understood
     */
    public static MavenRepositories open(MavenSettings settings) {
        return new MavenRepositories(EffectiveSettings.of(settings));
    }

    /**
     * The released versions of an artifact, oldest first by Maven's version order; snapshots are
     * left out. Offline, or where a repository cannot be reached, those whose files lie in the
     * local cache.
     *
     * @throws ArtifactUnavailableException if there are none
     */
    public List<String> releases(MavenCoordinates coordinates) throws ArtifactUnavailableException {
        try (CloseableSession session = newSession()) {
            VersionRangeResult result =
                    system.resolveVersionRange(
                            session,
                            new VersionRangeRequest(
                                    new DefaultArtifact(
                                            coordinates.group(),
                                            coordinates.artifact(),
                                            "jar",
                                            "(,)"),
                                    remotes(session),
                                    null));
            boolean reached =
                    !settings.offline()
                            && result.getExceptions().stream()
                                    .allMatch(e -> e instanceof MetadataNotFoundException);
            List<String> listed =
                    result.getVersions().stream()
                            .map(Version::toString)
                            .filter(version -> !version.endsWith("-SNAPSHOT"))
                            .toList();
            // A cached list may name versions that cannot be had now; cached files can.
            List<String> cached = reached ? List.of() : cachedReleases(coordinates);
            List<String> versions = cached.isEmpty() ? listed : cached;
            if (versions.isEmpty()) {
                throw noVersions(coordinates, result.getExceptions());
            }
            return versions;
        } catch (VersionRangeResolutionException e) {
            throw new ArtifactUnavailableException(
                    Cause.UNREACHABLE, coordinates + ": " + e.getMessage(), e);
        }
    }

    /**
     * The file of an artifact in the local cache, downloaded there if need be.
     *
     * @param coordinates with a version
     * @param classifier such as {@code sources}, or empty
     */
    public Path file(MavenCoordinates coordinates, String classifier, String extension)
            throws ArtifactUnavailableException {
        DefaultArtifact artifact =
                new DefaultArtifact(
                        coordinates.group(),
                        coordinates.artifact(),
                        classifier,
                        extension,
                        Objects.requireNonNull(coordinates.version(), "version"));
        try (CloseableSession session = newSession()) {
            return system.resolveArtifact(
                            session, new ArtifactRequest(artifact, remotes(session), null))
                    .getArtifact()
                    .getPath();
        } catch (ArtifactResolutionException e) {
            throw unavailable(artifact.toString(), e);
        }
    }

    /** Whether this version exists at all, sources or not. */
    public boolean exists(MavenCoordinates coordinates) throws ArtifactUnavailableException {
        try {
            file(coordinates, "", "pom");
            return true;
        } catch (ArtifactUnavailableException e) {
            if (e.why() == Cause.MISSING) {
                return false;
            }
            throw e;
        }
    }

    /**
     * The names of the licences in a version's POM or the nearest parent that has some, parted by
     * {@code ;} where there are several; empty where none are stated or the POMs cannot be had.
     *
     * <p>Cost: the POM, its parents and what they import, from the local cache once they are there.
     */
    public Optional<String> licences(MavenCoordinates coordinates) {
        DefaultArtifact pom =
                new DefaultArtifact(
                        coordinates.group(),
                        coordinates.artifact(),
                        "",
                        "pom",
                        Objects.requireNonNull(coordinates.version(), "version"));
        try (CloseableSession session = newSession()) {
            Map<String, Object> properties =
                    system.readArtifactDescriptor(
                                    session,
                                    new ArtifactDescriptorRequest(pom, remotes(session), null))
                            .getProperties();
            List<String> names = new ArrayList<>();
            int count = properties.get("license.count") instanceof Integer n ? n : 0;
            for (int i = 0; i < count; i++) {
                if (properties.get("license." + i + ".name") instanceof String name) {
                    names.add(name.strip());
                }
            }
            return names.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", names));
        } catch (ArtifactDescriptorException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        system.shutdown();
    }

    private List<RemoteRepository> remotes(CloseableSession session) {
        return system.newResolutionRepositories(session, settings.repositories());
    }

    private CloseableSession newSession() {
        SessionBuilder session =
                new SessionBuilderSupplier(system)
                        .get()
                        .withLocalRepositoryBaseDirectories(settings.localRepository())
                        .setConfigProperty(
                                "aether.transport.http.connectTimeout", CONNECT_TIMEOUT_MILLIS)
                        .setConfigProperty(
                                "aether.transport.http.requestTimeout", REQUEST_TIMEOUT_MILLIS)
                        .setSystemProperties(System.getProperties());
        settings.applyTo(session);
        return session.build();
    }

    /** Versions whose sources, or at least whose POM, lie in the local cache. */
    private List<String> cachedReleases(MavenCoordinates coordinates) {
        Path folder =
                settings.localRepository()
                        .resolve(coordinates.group().replace('.', '/'))
                        .resolve(coordinates.artifact());
        List<Version> withSources = new ArrayList<>();
        List<Version> withPom = new ArrayList<>();
        GenericVersionScheme scheme = new GenericVersionScheme();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> children =
                    Files.newDirectoryStream(folder, Files::isDirectory)) {
                for (Path child : children) {
                    String version = child.getFileName().toString();
                    String stem = coordinates.artifact() + "-" + version;
                    if (version.endsWith("-SNAPSHOT")) {
                        continue;
                    }
                    if (Files.exists(child.resolve(stem + "-sources.jar"))) {
                        withSources.add(scheme.parseVersion(version));
                    } else if (Files.exists(child.resolve(stem + ".pom"))) {
                        withPom.add(scheme.parseVersion(version));
                    }
                }
            } catch (IOException | InvalidVersionSpecificationException e) {
                return List.of();
            }
        }
        List<Version> versions = withSources.isEmpty() ? withPom : withSources;
        Collections.sort(versions);
        return versions.stream().map(Version::toString).toList();
    }

    private ArtifactUnavailableException noVersions(
            MavenCoordinates coordinates, List<Exception> reasons) {
        IOException cause = new IOException("no versions of " + coordinates);
        String detail = "";
        boolean reached = true;
        for (Exception reason : reasons) {
            cause.addSuppressed(reason);
            if (!(reason instanceof MetadataNotFoundException)) {
                reached = false;
                detail = ": " + reason.getMessage();
            }
        }
        if (settings.offline()) {
            return new ArtifactUnavailableException(
                    Cause.OFFLINE,
                    coordinates
                            + " is not in the local cache "
                            + settings.localRepository()
                            + " and Maven is offline",
                    cause);
        }
        return reached
                ? new ArtifactUnavailableException(
                        Cause.MISSING, "no versions of " + coordinates + where(), cause)
                : new ArtifactUnavailableException(
                        Cause.UNREACHABLE,
                        "versions of " + coordinates + " could not be read" + detail,
                        cause);
    }

    private ArtifactUnavailableException unavailable(
            String artifact, ArtifactResolutionException error) {
        List<Exception> reasons = error.getResult().getExceptions();
        for (Exception reason : reasons) {
            if (!(reason instanceof ArtifactNotFoundException)) {
                return new ArtifactUnavailableException(
                        Cause.UNREACHABLE,
                        artifact + " could not be read: " + reason.getMessage(),
                        error);
            }
        }
        for (Exception reason : reasons) {
            if (reason.getCause() instanceof RepositoryOfflineException) {
                return new ArtifactUnavailableException(
                        Cause.OFFLINE,
                        artifact
                                + " is not in the local cache "
                                + settings.localRepository()
                                + " and Maven is offline",
                        error);
            }
        }
        return new ArtifactUnavailableException(
                Cause.MISSING, "no artifact " + artifact + where(), error);
    }

    private String where() {
        return " in "
                + String.join(
                        ", ",
                        settings.repositories().stream().map(RemoteRepository::getUrl).toList());
    }
}
