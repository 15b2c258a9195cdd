package io.prefstream.verify.labels;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A project as it is published: sources, binary, tests and what these need.
 *
 * @param sources text by path inside the archive
 * @param classPath the binary, its tests, and what both need
 */
record PublishedProject(Map<String, String> sources, List<Path> classPath, ProjectTests tests) {

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
        return new PublishedProject(
                texts, classPath, new ProjectTests(classPath, testClasses, scratch));
    }

    /**
     * Gets a version with Maven, which is asked with the published POM as the project, unless the
     * folder has it from before.
     *
     * @param coordinates {@code group:artifact:version}
     */
    static PublishedProject fetch(String coordinates, Path folder)
            throws IOException, InterruptedException {
        String[] parts = coordinates.split(":", -1);
        String name = parts[1] + "-" + parts[2];
        Path home = Files.createDirectories(folder.resolve(name));
        Path needed = home.resolve("classpath");
        if (!Files.exists(needed)) {
            for (String kind : List.of("pom", "jar", "jar:sources", "jar:tests")) {
                maven(
                        home,
                        PLUGIN + "copy",
                        "-Dartifact=" + coordinates + ":" + kind,
                        "-DoutputDirectory=" + home);
            }
            Files.copy(
                    home.resolve(name + ".pom"),
                    home.resolve("pom.xml"),
                    StandardCopyOption.REPLACE_EXISTING);
            maven(
                    home,
                    "-f",
                    home.resolve("pom.xml").toString(),
                    PLUGIN + "build-classpath",
                    "-DincludeScope=test",
                    "-Dmdep.outputFile=" + needed);
        }
        return of(
                home.resolve(name + "-sources.jar"),
                home.resolve(name + ".jar"),
                home.resolve(name + "-tests.jar"),
                Arrays.stream(Files.readString(needed).strip().split(File.pathSeparator))
                        .map(Path::of)
                        .toList(),
                home);
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
