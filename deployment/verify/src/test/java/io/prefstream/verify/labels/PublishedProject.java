package io.prefstream.verify.labels;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A project as it is published: sources, binary, tests and what these need.
 *
 * @param sources text by path inside the archive
 * @param classPath the binary, its tests, and what both need
 * @param testClasses what is in the archive of tests, by name with slashes
 */
record PublishedProject(
        Map<String, String> sources,
        List<Path> classPath,
        Set<String> testClasses,
        ProjectTests tests) {

    /** What runs tests for JUnit 3 and 4 on the launcher that is used here. */
    private static final List<String> VINTAGE =
            List.of(
                    "org.junit.vintage:junit-vintage-engine:5.14.4",
                    "junit:junit:4.13.2",
                    "org.hamcrest:hamcrest-core:1.3");

    private static final String CLASS = ".class";

    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:";

    /**
     * A project of these archives.
     *
     * @param needed what binary and tests need
     */
    static PublishedProject of(
            Path sources, Path binary, Path testClasses, List<Path> needed, Path scratch)
            throws IOException {
        Map<String, String> texts = new HashMap<>();
        try (ZipFile archive = new ZipFile(sources.toFile())) {
            for (ZipEntry entry : Collections.list(archive.entries())) {
                if (entry.getName().endsWith(".java")) {
                    try (InputStream in = archive.getInputStream(entry)) {
                        texts.put(
                                entry.getName(),
                                new String(in.readAllBytes(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        List<Path> classPath = new ArrayList<>(List.of(binary, testClasses));
        classPath.addAll(needed);
        Set<String> tests = new HashSet<>();
        try (ZipFile archive = new ZipFile(testClasses.toFile())) {
            for (ZipEntry entry : Collections.list(archive.entries())) {
                if (entry.getName().endsWith(CLASS)) {
                    tests.add(
                            entry.getName()
                                    .substring(0, entry.getName().length() - CLASS.length()));
                }
            }
        }
        return new PublishedProject(
                texts, classPath, tests, new ProjectTests(classPath, scratch, null));
    }

    /** The test classes of a file's type. */
    List<String> testsOf(String path) {
        return ProjectTests.names(path.substring(0, path.length() - ".java".length())).stream()
                .filter(testClasses::contains)
                .map(name -> name.replace('/', '.'))
                .toList();
    }

    /**
     * Gets a version with Maven, which is asked with the published POM as the project, unless the
     * folder has it from before.
     *
     * @param coordinates {@code group:artifact:version}
     */
    static PublishedProject fetch(String coordinates, Path folder)
            throws IOException, InterruptedException {
        List<Path> needed = dependencies(coordinates, folder);
        Path home = home(coordinates, folder);
        String name = home.getFileName().toString();
        for (String kind : List.of("jar", "jar:sources", "jar:tests")) {
            copy(coordinates + ":" + kind, home);
        }
        return of(
                home.resolve(name + "-sources.jar"),
                home.resolve(name + ".jar"),
                home.resolve(name + "-tests.jar"),
                needed,
                home);
    }

    /**
     * What a version's binary and tests need, by its published POM, with what runs JUnit's old
     * tests first. From Maven, unless the folder has it from before.
     *
     * @param coordinates {@code group:artifact:version}
     */
    static List<Path> dependencies(String coordinates, Path folder)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(home(coordinates, folder));
        Path needed = home.resolve("classpath");
        List<Path> all = new ArrayList<>();
        for (String each : VINTAGE) {
            all.add(copy(each + ":jar", folder));
        }
        if (!Files.exists(needed)) {
            Path pom = copy(coordinates + ":pom", home);
            maven(
                    home,
                    "-f",
                    pom.toString(),
                    PLUGIN + "build-classpath",
                    "-DincludeScope=test",
                    "-Dmdep.outputFile=" + needed);
        }
        Arrays.stream(Files.readString(needed).strip().split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .forEach(all::add);
        return all;
    }

    private static Path home(String coordinates, Path folder) {
        String[] parts = coordinates.split(":", -1);
        return folder.resolve(parts[1] + "-" + parts[2]);
    }

    /** The file of an artifact in a folder, copied into it unless it is there. */
    private static Path copy(String artifact, Path folder)
            throws IOException, InterruptedException {
        String[] parts = artifact.split(":", -1);
        String classifier = parts.length > 4 ? "-" + parts[4] : "";
        Path file = folder.resolve(parts[1] + "-" + parts[2] + classifier + "." + parts[3]);
        if (!Files.exists(file)) {
            maven(folder, PLUGIN + "copy", "-Dartifact=" + artifact, "-DoutputDirectory=" + folder);
        }
        return file;
    }

    /** A file's path inside the archive of sources, by its path there or in the repository. */
    static String inArchive(String path) {
        return path.replaceFirst("^(?:.*/)?src/(?:main/)?java/", "");
    }

    private static void maven(Path folder, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("mvn", "-q", "-B"));
        command.addAll(List.of(arguments));
        int status =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .inheritIO()
                        .start()
                        .waitFor();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + status);
        }
    }
}
