package io.prefstream.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.prefstream.content.http.HttpAccess;
import io.prefstream.content.testing.RawHttpServer;
import io.prefstream.schemas.Origin;
import io.prefstream.schemas.Publication;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of packages over HTTP, honest and hostile ones. */
class ArchiveContentFetcherTest {

    private static final ContentLimits LIMITS =
            new ContentLimits(1_000, 100_000, 10, Duration.ofSeconds(30));
    private static final HttpAccess LOCAL =
            HttpAccess.to(Set.of("127.0.0.1")).withPrivateAddresses(true);

    private final RawHttpServer server = new RawHttpServer();

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lib-1.0.tgz", "/lib-1.0.tar.gz", "/lib-1.0.crate", "/LIB-1.0.TGZ"})
    void readsATarWithoutItsTopFolder(String path) throws Exception {
        serve(path, tar(Map.of("lib-1.0/src/lib.rs", "fn a() {}", "lib-1.0/README", "read")));

        Fetched fetched = fetched(path);

        assertThat(fetched.files())
                .extracting(SourceFile::path)
                .containsExactlyInAnyOrder("src/lib.rs", "README");
        assertThat(fetched.skipped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lib.zip", "/lib-1.0-py3-none-any.whl"})
    void readsAZip(String path) throws Exception {
        serve(path, zip(Map.of("lib/a.py", "def a(): pass", "lib-1.0.dist-info/METADATA", "x")));

        assertThat(fetched(path).files())
                .extracting(SourceFile::path)
                .containsExactlyInAnyOrder("lib/a.py", "lib-1.0.dist-info/METADATA");
    }

    @Test
    void anArchiveWithItsPublishedDigestIsRead() throws Exception {
        byte[] archive = tar(Map.of("package/a.js", "x"));
        serve("/a.tgz", archive);
        for (String algorithm : new String[] {"SHA-1", "SHA-256", "SHA-512"}) {
            String hex =
                    HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(archive));
            String digest = algorithm.replace("-", "").toLowerCase(Locale.ROOT) + ":" + hex;
            assertThat(fetch("/a.tgz", digest)).isInstanceOf(Fetched.class);
        }
    }

    @Test
    void anArchiveWithAnotherDigestIsRefused() throws Exception {
        serve("/a.tgz", tar(Map.of("package/a.js", "x")));
        assertThat(failed("/a.tgz", "sha256:" + "00".repeat(32)))
                .satisfies(
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(FetchFailure.UNREADABLE);
                            assertThat(failed.detail()).contains("is not what was published");
                        });
        assertThat(failed("/a.tgz", "md5:00").reason()).isEqualTo(FetchFailure.UNSUPPORTED);
    }

    @Test
    void linksDevicesAndPipesAreSkipped() throws Exception {
        byte[] archive =
                tar(
                        out -> {
                            file(out, "p/a.js", "x");
                            entry(out, "p/link", TarConstants.LF_SYMLINK, "/etc/passwd");
                            entry(out, "p/hard", TarConstants.LF_LINK, "p/a.js");
                            entry(out, "p/dev", TarConstants.LF_CHR, "");
                            entry(out, "p/block", TarConstants.LF_BLK, "");
                            entry(out, "p/pipe", TarConstants.LF_FIFO, "");
                            entry(out, "p/folder/", TarConstants.LF_DIR, "");
                        });
        serve("/a.tgz", archive);

        Fetched fetched = fetched("/a.tgz");

        assertThat(fetched.files()).extracting(SourceFile::path).containsExactly("a.js");
        assertThat(fetched.skipped())
                .extracting(SkippedFile::path, SkippedFile::reason)
                .containsExactly(
                        tuple("link", FileProblem.SYMLINK),
                        tuple("hard", FileProblem.HARD_LINK),
                        tuple("dev", FileProblem.SPECIAL),
                        tuple("block", FileProblem.SPECIAL),
                        tuple("pipe", FileProblem.SPECIAL));
    }

    @Test
    void pathsThatLeaveTheArchiveAreSkipped() throws Exception {
        byte[] archive =
                tar(
                        out -> {
                            raw(out, "../../etc/cron.d/x", "evil");
                            raw(out, "/etc/passwd", "evil");
                            raw(out, "a/../../b", "evil");
                            raw(out, "C:\\x", "evil");
                            raw(out, "a\nb", "evil");
                            raw(out, "x".repeat(5_000), "evil");
                            raw(out, "good.js", "x");
                        });
        serve("/a.tgz", archive);

        Fetched fetched = fetched("/a.tgz");

        assertThat(fetched.files()).extracting(SourceFile::path).containsExactly("good.js");
        assertThat(fetched.skipped())
                .hasSize(6)
                .allSatisfy(
                        file -> {
                            assertThat(file.reason()).isEqualTo(FileProblem.UNSAFE_PATH);
                            assertThat(file.path()).hasSizeLessThan(1_100).doesNotContain("\n");
                        });
    }

    @Test
    void aSecondEntryOfANameIsSkipped() throws Exception {
        byte[] archive =
                tar(
                        out -> {
                            file(out, "a.js", "first");
                            file(out, "a.js", "second");
                        });
        serve("/a.tgz", archive);
        assertThat(fetched("/a.tgz").skipped())
                .extracting(SkippedFile::reason)
                .containsExactly(FileProblem.DUPLICATE_PATH);
    }

    @Test
    void largeFilesAreSkippedAndTheRestIsRead() throws Exception {
        byte[] archive =
                tar(
                        out -> {
                            file(out, "large.js", "x".repeat(1_001));
                            file(out, "small.js", "x".repeat(1_000));
                        });
        serve("/a.tgz", archive);
        Fetched fetched = fetched("/a.tgz");
        assertThat(fetched.files()).extracting(SourceFile::path).containsExactly("small.js");
        assertThat(fetched.skipped())
                .extracting(SkippedFile::reason)
                .containsExactly(FileProblem.TOO_LARGE);
    }

    @Test
    void aTarThatInflatesWithoutEndFailsAsAWhole() throws Exception {
        serve("/a.tgz", tar(out -> zeros(out, "bomb", 50_000_000)));
        assertThat(failed("/a.tgz", null))
                .satisfies(
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(FetchFailure.TOO_LARGE);
                            assertThat(failed.detail())
                                    .isEqualTo(
                                            "inflates to more than 800,000 bytes, 8 times"
                                                    + " maxTotalBytes");
                        });
    }

    @Test
    void aNameOfManyMegabytesIsNotHeldInMemory() throws Exception {
        ContentLimits large = new ContentLimits(1_000, 50_000_000, 10, Duration.ofSeconds(30));
        serve(
                "/a.tgz",
                tar(
                        out -> {
                            TarArchiveEntry name =
                                    new TarArchiveEntry(
                                            "././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
                            name.setSize(40_000_000);
                            out.putArchiveEntry(name);
                            out.write(filled(40_000_000));
                            out.closeArchiveEntry();
                            file(out, "a.js", "x");
                        }));
        assertThat(failed(large, "/a.tgz", null))
                .satisfies(
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(FetchFailure.UNREADABLE);
                            assertThat(failed.detail()).contains("headers exceed 1,048,576 bytes");
                        });
    }

    @Test
    void aZipThatInflatesWithoutEndCostsNoMoreThanItsBound() throws Exception {
        Map<String, String> bombs = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            bombs.put("bomb" + i + ".js", "0".repeat(900));
        }
        bombs.put("a.js", "0".repeat(2_000_000));
        serve("/a.zip", zip(bombs));
        FetchResult result = fetch("/a.zip", null);
        assertThat(result).isInstanceOf(FetchFailed.class);
        assertThat(((FetchFailed) result).reason()).isEqualTo(FetchFailure.TOO_LARGE);
    }

    @Test
    void archivesInsideAnArchiveAreNotOpened() throws Exception {
        byte[] inner = zip(Map.of("inner.js", "x"));
        serve("/a.tgz", tar(out -> file(out, "p/inner.zip", inner)));
        assertThat(fetched("/a.tgz").files())
                .singleElement()
                .satisfies(file -> assertThat(file.bytes()).isEqualTo(inner));
    }

    @Test
    void aTruncatedArchiveIsUnreadable() throws Exception {
        byte[] random = new byte[900];
        new Random(1).nextBytes(random);
        byte[] archive = tar(out -> file(out, "a.bin", random));
        for (int length : new int[] {0, 5, 100, archive.length / 2, archive.length - 9}) {
            serve("/a.tgz", Arrays.copyOf(archive, length));
            FetchResult result = fetch("/a.tgz", null);
            boolean noticed =
                    result instanceof FetchFailed failed
                            ? failed.reason() == FetchFailure.UNREADABLE
                            : !((Fetched) result).skipped().isEmpty();
            assertThat(noticed).as("%d bytes: %s", length, result).isTrue();
        }
        serve("/a.zip", Arrays.copyOf(zip(Map.of("a", "b")), 40));
        assertThat(failed("/a.zip", null).reason()).isEqualTo(FetchFailure.UNREADABLE);
    }

    @Test
    void whatIsNoArchiveIsUnreadable() throws Exception {
        for (String path : new String[] {"/a.tgz", "/a.zip"}) {
            serve(path, "<html>not an archive</html>".getBytes(StandardCharsets.UTF_8));
            assertThat(failed(path, null).reason()).isEqualTo(FetchFailure.UNREADABLE);
        }
        ByteArrayOutputStream garbage = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(garbage)) {
            byte[] random = new byte[4_096];
            new Random(2).nextBytes(random);
            gzip.write(random);
        }
        serve("/a.tgz", garbage.toByteArray());
        assertThat(failed("/a.tgz", null).reason()).isEqualTo(FetchFailure.UNREADABLE);
    }

    @Test
    void saysWhatTheServerSays() {
        assertThat(failed("/none.tgz", null).reason()).isEqualTo(FetchFailure.NOT_FOUND);
        server.on("/busy.tgz", RawHttpServer.of(503, Map.of(), new byte[0]));
        assertThat(failed("/busy.tgz", null))
                .satisfies(
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(FetchFailure.UNREACHABLE);
                            assertThat(failed.detail()).endsWith("/busy.tgz answered 503");
                        });
        assertThat(failed("/a.tar.bz2", null).reason()).isEqualTo(FetchFailure.UNSUPPORTED);
    }

    @Test
    void anArchiveLargerThanTheLimitIsNotTaken() throws Exception {
        byte[] random = new byte[150_000];
        new Random(3).nextBytes(random);
        serve("/a.tgz", random);
        assertThat(failed("/a.tgz", null).reason()).isEqualTo(FetchFailure.TOO_LARGE);
    }

    private interface Entries {
        void write(TarArchiveOutputStream out) throws IOException;
    }

    private void serve(String path, byte[] archive) {
        server.on(path, RawHttpServer.of(200, Map.of(), archive));
    }

    private Fetched fetched(String path) {
        FetchResult result = fetch(path, null);
        assertThat(result).isInstanceOf(Fetched.class);
        return (Fetched) result;
    }

    private FetchFailed failed(String path, @Nullable String digest) {
        return failed(LIMITS, path, digest);
    }

    private FetchFailed failed(ContentLimits limits, String path, @Nullable String digest) {
        FetchResult result = fetch(limits, path, digest);
        assertThat(result).isInstanceOf(FetchFailed.class);
        return (FetchFailed) result;
    }

    private FetchResult fetch(String path, @Nullable String digest) {
        return fetch(LIMITS, path, digest);
    }

    private FetchResult fetch(ContentLimits limits, String path, @Nullable String digest) {
        try (ArchiveContentFetcher fetcher = new ArchiveContentFetcher(LOCAL, limits)) {
            return fetcher.fetch(
                    Publication.newBuilder()
                            .setRepository("npm:lib")
                            .setOrigin(Origin.NPM)
                            .setRevision("1.0")
                            .setLocator(server.uri(path).toString())
                            .setPublishedAt(Instant.EPOCH)
                            .setDigest(digest)
                            .build());
        }
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        return tar(
                out -> {
                    for (Map.Entry<String, String> file : files.entrySet()) {
                        file(out, file.getKey(), file.getValue());
                    }
                });
    }

    private static byte[] tar(Entries entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out =
                new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8")) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            entries.write(out);
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream out, String name, String text)
            throws IOException {
        file(out, name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void file(TarArchiveOutputStream out, String name, byte[] content)
            throws IOException {
        put(out, new TarArchiveEntry(name), content);
    }

    /** A file whose name is written as it is. */
    private static void raw(TarArchiveOutputStream out, String name, String text)
            throws IOException {
        put(out, new TarArchiveEntry(name, true), text.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(TarArchiveOutputStream out, TarArchiveEntry entry, byte[] content)
            throws IOException {
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
    }

    private static void entry(TarArchiveOutputStream out, String name, byte type, String link)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setLinkName(link);
        out.putArchiveEntry(entry);
        out.closeArchiveEntry();
    }

    private static void zeros(TarArchiveOutputStream out, String name, int bytes)
            throws IOException {
        put(out, new TarArchiveEntry(name), new byte[bytes]);
    }

    private static byte[] filled(int bytes) {
        byte[] filled = new byte[bytes];
        Arrays.fill(filled, (byte) 'n');
        return filled;
    }

    private static byte[] zip(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }
}
