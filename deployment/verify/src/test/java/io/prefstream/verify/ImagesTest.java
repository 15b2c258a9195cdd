package io.prefstream.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of images without building them. */
class ImagesTest {

    private static final Path ROOT = Path.of(System.getProperty("prefstream.root"));
    private static final Path FILES = ROOT.resolve("deployment/docker");
    private static final Pattern COPY =
            Pattern.compile("^COPY (?:--chown=\\S+ )?(\\S+) (\\S+)$", Pattern.MULTILINE);

    private static final Pattern BOTH =
            Pattern.compile("(commons-(compress|io|lang3)|javassist|lz4-java|snappy-java)-[0-9]");

    @TempDir private Path folder;

    /** From the repository to the image. */
    private record Copied(String from, String to) {}

    @ParameterizedTest
    @ValueSource(strings = {"jobs.Dockerfile", "prefstream.Dockerfile"})
    void whatAnImageCopiesIsThereAfterABuild(String file) throws Exception {
        List<String> context = Files.readAllLines(ROOT.resolve(".dockerignore"));
        for (Copied copied : copied(file)) {
            Path from = ROOT.resolve(copied.from());
            assertThat(from).exists();
            if (Files.isDirectory(from)) {
                assertThat(from).isNotEmptyDirectory();
            }
            assertThat(context)
                    .anySatisfy(
                            line ->
                                    assertThat(copied.from())
                                            .matches(
                                                    line.replaceFirst("^!", "").replace("*", ".*")
                                                            + "/?"));
        }
    }

    @Test
    void theImageOfJobsHasTheJarThatManifestsName() throws Exception {
        Path jobs = ROOT.resolve(copied("jobs.Dockerfile").get(0).from());

        assertThat(FILES.resolve("jobs.Dockerfile"))
                .content()
                .contains(FlinkApplication.JVM_OPTIONS);
        assertThat(jobs.resolve("usrlib/prefstream-jobs.jar")).exists();
        try (Stream<Path> lib = Files.list(jobs.resolve("lib"))) {
            assertThat(lib.map(jar -> jar.getFileName().toString()))
                    .anyMatch(jar -> jar.startsWith("pytorch-native-cpu-"))
                    .anyMatch(jar -> jar.startsWith("tokenizers-"))
                    .noneMatch(jar -> jar.contains("slf4j") || jar.startsWith("flink-"));
        }
    }

    /** Flink's classes are found in its own class loader first, others in the jar. */
    @Test
    void theJarHasNoClassOfFlinksDistributionButOfLibrariesThatBothUse() throws Exception {
        Path jobs = ROOT.resolve("deployment/jobs/target");
        Set<String> ours = classes(jobs.resolve("flink/usrlib/prefstream-jobs.jar"));

        assertThat(ours)
                .contains(
                        "io/prefstream/validate/ValidateJob.class",
                        "org/apache/flink/connector/kafka/source/KafkaSource.class",
                        "org/apache/flink/formats/avro/AvroDeserializationSchema.class",
                        "org/apache/avro/Schema.class")
                .noneMatch(name -> name.startsWith("ai/djl/"));
        try (Stream<Path> distribution = Files.list(jobs.resolve("flink-distribution"))) {
            for (Path jar : distribution.toList()) {
                if (!BOTH.matcher(jar.getFileName().toString()).lookingAt()) {
                    Set<String> twice = classes(jar);
                    twice.retainAll(ours);
                    assertThat(twice).as(jar.toString()).isEmpty();
                }
            }
        }
    }

    private static Set<String> classes(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/"))
                    .collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "topics create --help", "train --help", "replay serve --help"})
    void theEntryPointRunsWithoutABuild(String command) throws Exception {
        for (Copied copied : copied("prefstream.Dockerfile")) {
            put(ROOT.resolve(copied.from()), Path.of(folder + copied.to()));
        }
        Files.createFile(folder.resolve("opt/prefstream/deployment/local/target/prefstream/built"));

        List<String> words = new ArrayList<>(List.of(folder + "/opt/prefstream/prefstream"));
        words.addAll(List.of(command.split(" ")));
        Path said = folder.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        assertThat(said).content().startsWith("Usage: prefstream").doesNotContain("building");
    }

    private static void put(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectories(to.getParent());
            Files.createSymbolicLink(to, from.toRealPath());
        } else {
            Files.createDirectories(to);
            // The launcher looks for the rest beside itself, also where it is a link.
            Files.copy(from, to.resolve(from.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static List<Copied> copied(String file) throws IOException {
        return COPY.matcher(Files.readString(FILES.resolve(file)))
                .results()
                .map(copy -> new Copied(copy.group(1), copy.group(2)))
                .toList();
    }
}
