package io.prefstream.content;

import static io.prefstream.content.testing.MavenRepositoryOnDisk.zip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.prefstream.content.maven.MavenRepositories;
import io.prefstream.content.maven.MavenSettings;
import io.prefstream.content.testing.MavenRepositoryOnDisk;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MavenContentFetcherTest {

    private static final int MIB = 1 << 20;

    @TempDir Path folder;
    private MavenRepositoryOnDisk repository;

    @BeforeEach
    void newRepository() {
        repository = new MavenRepositoryOnDisk(folder);
    }

    @Test
    void readsEveryFileOfTheSourcesArchive() {
        repository.publish("org.a", "lib", "1.0", Map.of("a/A.java", "class A {}", "a/ü.py", "ü"));

        Fetched fetched = fetched("org.a:lib:1.0", ContentLimits.DEFAULTS);

        assertThat(fetched.skipped()).isEmpty();
        assertThat(fetched.files())
                .extracting(SourceFile::path, file -> new String(file.bytes(), UTF_8))
                .containsExactly(tuple("a/A.java", "class A {}"), tuple("a/ü.py", "ü"));
    }

    @Test
    void directoriesAreNoEntries() {
        publish(entries("a/", "", "a/A.java", "class A {}"));
        assertThat(fetched(ContentLimits.DEFAULTS).entries()).isEqualTo(1);
    }

    @Test
    void skipsAFileOverTheLimitAndReadsTheNext() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("Huge.java", new byte[50 * MIB]);
        entries.put("Small.java", "class Small {}".getBytes(UTF_8));
        publish(zip(entries));

        Fetched fetched = fetched(ContentLimits.DEFAULTS);

        assertThat(fetched.files()).extracting(SourceFile::path).containsExactly("Small.java");
        assertThat(fetched.skipped())
                .containsExactly(
                        new SkippedFile(
                                "Huge.java",
                                50L * MIB,
                                FileProblem.TOO_LARGE,
                                "52,428,800 bytes exceed maxFileBytes=1,048,576"));
    }

    @Test
    void aBombThatLiesAboutItsSizeIsBoundedByWhatIsInflated() {
        byte[] archive = zip(Map.of("Bomb.java", new byte[50 * MIB]));
        publish(withDeclaredSize(archive, 10));

        Fetched fetched = fetched(ContentLimits.DEFAULTS);

        assertThat(fetched.files()).isEmpty();
        assertThat(fetched.skipped())
                .singleElement()
                .satisfies(
                        skipped ->
                                assertThat(skipped.reason())
                                        .isIn(FileProblem.TOO_LARGE, FileProblem.UNREADABLE))
                .extracting(SkippedFile::bytes)
                .satisfies(bytes -> assertThat(bytes).isLessThanOrEqualTo(MIB + 1L));
    }

    @Test
    void filesBeyondTheTotalAreSkippedAndCounted() {
        publish(entries("A.java", "12345678", "B.java", "12345678", "C.java", "12"));

        Fetched fetched = fetched(new ContentLimits(8, 10, 100, Duration.ofMinutes(1)));

        assertThat(fetched.files())
                .extracting(SourceFile::path)
                .containsExactly("A.java", "C.java");
        assertThat(fetched.skipped())
                .containsExactly(
                        new SkippedFile(
                                "B.java",
                                8,
                                FileProblem.OVER_TOTAL,
                                "8 bytes after 8 exceed maxTotalBytes=10"));
    }

    @Test
    void filesBeyondTheCountAreSkippedAndCounted() {
        publish(entries("A.java", "a", "B.java", "b", "C.java", "c"));

        Fetched fetched = fetched(new ContentLimits(8, 100, 2, Duration.ofMinutes(1)));

        assertThat(fetched.entries()).isEqualTo(3);
        assertThat(fetched.skipped())
                .containsExactly(
                        new SkippedFile(
                                "C.java", 1, FileProblem.TOO_MANY_FILES, "beyond maxFiles=2"));
    }

    @Test
    void anArchiveOfFarTooManyEntriesFailsAsAWhole() {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < 11; i++) {
            entries.put("F" + i + ".java", new byte[1]);
        }
        publish(zip(entries));

        assertFailed(
                fetch("org.a:lib:1.0", new ContentLimits(8, 100, 1, Duration.ofMinutes(1))),
                FetchFailure.TOO_LARGE,
                "more than 10 entries, 10 times maxFiles=1");
    }

    @Test
    void refusesNamesThatLeaveTheRoot() {
        publish(
                entries(
                        "../../etc/passwd",
                        "x",
                        "/abs.java",
                        "x",
                        "a/./b.java",
                        "x",
                        "C:/w.java",
                        "x",
                        "a//b.java",
                        "x"));

        Fetched fetched = fetched(ContentLimits.DEFAULTS);

        assertThat(fetched.files()).isEmpty();
        assertThat(fetched.skipped())
                .hasSize(5)
                .allSatisfy(
                        skipped -> assertThat(skipped.reason()).isEqualTo(FileProblem.UNSAFE_PATH));
    }

    @Test
    void skipsSymbolicLinksAndSecondEntriesOfAName() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes)) {
            ZipArchiveEntry link = new ZipArchiveEntry("Link.java");
            link.setUnixMode(0120777);
            put(zip, link, "/etc/passwd");
            put(zip, new ZipArchiveEntry("A.java"), "first");
            put(zip, new ZipArchiveEntry("A.java"), "second");
        }
        publish(bytes.toByteArray());

        Fetched fetched = fetched(ContentLimits.DEFAULTS);

        assertThat(fetched.files())
                .singleElement()
                .satisfies(file -> assertThat(file.bytes()).asString().isEqualTo("first"));
        assertThat(fetched.skipped())
                .extracting(SkippedFile::reason)
                .containsExactly(FileProblem.SYMLINK, FileProblem.DUPLICATE_PATH);
    }

    @Test
    void aDamagedEntryIsSkippedAndTheOthersAreRead() {
        byte[] archive = entries("A.java", "class A { int a; }", "B.java", "class B { int b; }");
        // First byte of A's deflated data: 30 bytes of local header, then its name.
        archive[30 + "A.java".length()] ^= 0x7f;
        publish(archive);

        Fetched fetched = fetched(ContentLimits.DEFAULTS);

        assertThat(fetched.files()).extracting(SourceFile::path).containsExactly("B.java");
        assertThat(fetched.skipped())
                .extracting(SkippedFile::path, SkippedFile::reason)
                .containsExactly(tuple("A.java", FileProblem.UNREADABLE));
    }

    @Test
    void anArchiveThatIsNoneIsUnreadable() {
        publish("this is no archive".getBytes(UTF_8));
        assertFailed(
                fetch("org.a:lib:1.0", ContentLimits.DEFAULTS),
                FetchFailure.UNREADABLE,
                "lib-1.0-sources.jar: ");
    }

    @Test
    void tellsMissingSourcesFromAMissingVersion() {
        repository.publishWithoutSources("org.a", "lib", "1.0");
        assertFailed(
                fetch("org.a:lib:1.0", ContentLimits.DEFAULTS),
                FetchFailure.NO_SOURCES,
                "org.a:lib:1.0 publishes no sources archive");
        assertFailed(
                fetch("org.a:lib:2.0", ContentLimits.DEFAULTS),
                FetchFailure.NOT_FOUND,
                "no artifact org.a:lib:jar:sources:2.0 in " + repository.url());
    }

    @Test
    void worksOfflineFromTheLocalCache() {
        publish(entries("A.java", "class A {}"));
        fetched(ContentLimits.DEFAULTS);
        repository.vanish();
        MavenSettings offline = repository.settings().withOffline(true);

        assertThat(fetch(offline, "org.a:lib:1.0", ContentLimits.DEFAULTS))
                .isInstanceOf(Fetched.class);
        assertFailed(
                fetch(offline, "org.a:lib:2.0", ContentLimits.DEFAULTS),
                FetchFailure.OFFLINE,
                "Maven is offline");
    }

    @Test
    void aRepositoryThatDoesNotAnswerIsUnreachable() {
        MavenSettings nobody =
                repository.settings().withRepositories(List.of("http://127.0.0.1:1/maven2"));
        assertFailed(
                fetch(nobody, "org.a:lib:1.0", ContentLimits.DEFAULTS),
                FetchFailure.UNREACHABLE,
                "org.a:lib:jar:sources:1.0 could not be read");
    }

    @Test
    void aLocatorWithoutAVersionIsUnsupported() {
        assertFailed(
                fetch("org.a:lib", ContentLimits.DEFAULTS),
                FetchFailure.UNSUPPORTED,
                "must be group:artifact:version, got 'org.a:lib'");
        assertFailed(
                fetch("../..:lib:1", ContentLimits.DEFAULTS),
                FetchFailure.UNSUPPORTED,
                "coordinates must have the form");
    }

    private void publish(byte[] archive) {
        repository.publishArchive("org.a", "lib", "1.0", archive);
    }

    private Fetched fetched(ContentLimits limits) {
        return fetched("org.a:lib:1.0", limits);
    }

    private Fetched fetched(String locator, ContentLimits limits) {
        return (Fetched) fetch(locator, limits);
    }

    private FetchResult fetch(String locator, ContentLimits limits) {
        return fetch(repository.settings(), locator, limits);
    }

    private static FetchResult fetch(MavenSettings settings, String locator, ContentLimits limits) {
        try (MavenContentFetcher fetcher =
                new MavenContentFetcher(MavenRepositories.open(settings), limits)) {
            return fetcher.fetch(
                    Publication.newBuilder()
                            .setRepository("maven:org.a:lib")
                            .setOrigin(Origin.MAVEN)
                            .setRevision("1.0")
                            .setLocator(locator)
                            .setPublishedAt(Instant.EPOCH)
                            .build());
        }
    }

    private static void assertFailed(FetchResult result, FetchFailure reason, String detail) {
        assertThat(result)
                .asInstanceOf(type(FetchFailed.class))
                .satisfies(
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(reason);
                            assertThat(failed.detail()).contains(detail);
                        });
    }

    private static byte[] entries(String... pathsAndTexts) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            entries.put(pathsAndTexts[i], pathsAndTexts[i + 1].getBytes(UTF_8));
        }
        return zip(entries);
    }

    /** Rewrites the uncompressed size in the directory's only entry, at offset 24 of its header. */
    private static byte[] withDeclaredSize(byte[] archive, int size) {
        ByteBuffer buffer = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = archive.length - 46; at >= 0; at--) {
            if (buffer.getInt(at) == 0x02014b50) {
                buffer.putInt(at + 24, size);
                return archive;
            }
        }
        throw new AssertionError("no directory in the archive");
    }

    private static void put(ZipArchiveOutputStream zip, ZipArchiveEntry entry, String text)
            throws IOException {
        zip.putArchiveEntry(entry);
        zip.write(text.getBytes(UTF_8));
        zip.closeArchiveEntry();
    }
}
