package io.prefstream.content.maven;

import java.io.Serializable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a user calls a Maven artifact: {@code group:artifact} or {@code group:artifact:version}.
 *
 * @param version null for all versions, the ones to come included
 */
public record MavenCoordinates(String group, String artifact, @Nullable String version)
        implements Serializable {

    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.+-]+");

    public MavenCoordinates {
        checkPart(group, "group");
        checkPart(artifact, "artifact");
        if (version != null) {
            checkPart(version, "version");
        }
    }

    /**
     * @throws IllegalArgumentException if it has not the form {@code group:artifact[:version]}
     */
    public static MavenCoordinates parse(String text) {
        String[] parts = text.strip().split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException(
                    "coordinates must have the form group:artifact[:version], got '" + text + "'");
        }
        try {
            return new MavenCoordinates(parts[0], parts[1], parts.length == 3 ? parts[2] : null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "coordinates must have the form group:artifact[:version], got '"
                            + text
                            + "': "
                            + e.getMessage(),
                    e);
        }
    }

    /** The same artifact in this version. */
    public MavenCoordinates at(String newVersion) {
        return new MavenCoordinates(group, artifact, newVersion);
    }

    /** Canonical name of the artifact over all versions: {@code maven:group:artifact}. */
    public String repository() {
        return "maven:" + group + ":" + artifact;
    }

    @Override
    public String toString() {
        return group + ":" + artifact + (version == null ? "" : ":" + version);
    }

    private static void checkPart(String part, String name) {
        if (!PART.matcher(part).matches() || part.equals(".") || part.equals("..")) {
            throw new IllegalArgumentException(
                    name + " may hold letters, digits and . _ + -, got '" + part + "'");
        }
    }
}
