package io.prefstream.content;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which files of a publication say under what licence it is, and for which folder they speak.
 *
 * <p>Licence files are {@code LICENSE}, {@code LICENCE}, {@code COPYING} and {@code UNLICENSE} in
 * any case, also with an ending for text or with a licence's name; not {@code NOTICE}, which names
 * the authors, and not source files of such a name. Manifests are what package managers read.
 */
public final class NoticeFiles {

    private static final Pattern LICENCE =
            Pattern.compile(
                    "((un)?licen[cs]es?|copying|(mit|apache|bsd|isc|gpl|lgpl|mpl)[-_.]licen[cs]e)"
                            + "([-_.](?<rest>[a-z0-9 ._+-]{0,60}?))??"
                            + "(\\.(md|txt|rst|markdown|text|adoc|html?))?");

    /** What a licence's file may be named after, so that {@code license.py} isn't one. */
    private static final Pattern NAMED_AFTER =
            Pattern.compile(
                    "(mit|apache|asl|al|bsd|isc|zlib|mpl|epl|l?gpl|agpl|lesser|cc0|cc|boost|bsl"
                            + "|unlicense|psf|python|ncsa|w3c|public|v?\\d).*");

    private static final Set<String> MANIFESTS =
            Set.of(
                    "pom.xml",
                    "package.json",
                    "cargo.toml",
                    "pyproject.toml",
                    "setup.cfg",
                    "pkg-info",
                    "metadata");

    /** Folders beside the sources that speak for the folder they are in. */
    private static final Pattern ASIDE =
            Pattern.compile(
                    "((?:.*/)?)(?:META-INF(?:/maven/[^/]+/[^/]+)?|[^/]+\\.(?:dist|egg)-info(?:/licenses)?)/");

    private NoticeFiles() {}

    /** Whether it is a licence file or a manifest. */
    public static boolean is(String path) {
        return isLicence(path) || isManifest(path);
    }

    /** Whether a file of this name holds a licence. */
    public static boolean isLicence(String path) {
        Matcher name = LICENCE.matcher(name(path));
        return name.matches()
                && (name.group("rest") == null
                        || NAMED_AFTER.matcher(name.group("rest")).matches());
    }

    /** Whether the name says which one of several licences it holds: {@code LICENSE-MIT}. */
    public static boolean isOneOfSeveral(String path) {
        Matcher name = LICENCE.matcher(name(path));
        return name.matches()
                && name.group("rest") != null
                && !name.group("rest").startsWith("lesser");
    }

    /** Whether a package manager reads its licence out of a file of this name. */
    public static boolean isManifest(String path) {
        String name = name(path);
        return MANIFESTS.contains(name)
                && (!name.equals("metadata") || path.contains(".dist-info/"));
    }

    /**
     * The folder for which a licence file or manifest speaks, with its last slash; empty for the
     * root. What lies in {@code META-INF} or a Python package's {@code dist-info} speaks for the
     * folder around it.
     */
    public static String folder(String path) {
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        Matcher aside = ASIDE.matcher(folder);
        return aside.matches() ? aside.group(1) : folder;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }
}
