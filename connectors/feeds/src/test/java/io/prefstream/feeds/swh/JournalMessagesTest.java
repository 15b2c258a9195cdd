package io.prefstream.feeds.swh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Messages as the archive's Journal Specification shows them. */
class JournalMessagesTest {

    private static final byte[] SNAPSHOT = HexFormat.of().parseHex("10000608e9455e0c9b53");
    private static final String COMMIT = "7fc4fe34667fda0d0e5bbabcd7126423f726bf54";
    private static final Instant NOON = Instant.parse("2020-11-24T23:26:47.818259954Z");

    @Test
    void aFullVisitOfAGitRepositoryIsRead() throws Exception {
        assertThat(JournalMessages.visit(status("https://example.org/a", "full", "git", SNAPSHOT)))
                .contains(
                        new Visit(
                                HexFormat.of().formatHex(SNAPSHOT), "https://example.org/a", NOON));
    }

    @Test
    void aVisitThatHasNotReadAllOrFoundNothingIsNone() throws Exception {
        for (String status : List.of("created", "ongoing", "partial", "failed", "not_found")) {
            assertThat(JournalMessages.visit(status("https://example.org/a", status, "git", null)))
                    .isEmpty();
        }
        assertThat(JournalMessages.visit(status("https://example.org/a", "full", "git", null)))
                .isEmpty();
    }

    @Test
    void aVisitOfSomethingElseThanGitIsNone() throws Exception {
        assertThat(JournalMessages.visit(status("https://pypi.org/p/", "full", "pypi", SNAPSHOT)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://github.com/o/n", "https://example.org/o/n.git"})
    void anOldMessageWithoutTypeIsJudgedByItsAddress(String origin) throws Exception {
        assertThat(JournalMessages.visit(status(origin, "full", null, SNAPSHOT))).isPresent();
        assertThat(
                        JournalMessages.visit(
                                status("https://pypi.org/project/x/", "full", null, SNAPSHOT)))
                .isEmpty();
    }

    @Test
    void anOldDateIsADictionaryWithKeysOfBytes() throws Exception {
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packMapHeader(4);
        pack(packer, "origin", "https://github.com/o/n");
        pack(packer, "status", "full");
        packer.packString("snapshot");
        binary(packer, SNAPSHOT);
        packer.packString("date").packMapHeader(2);
        binary(packer, "swhtype".getBytes(StandardCharsets.UTF_8));
        packer.packString("datetime");
        binary(packer, "d".getBytes(StandardCharsets.UTF_8));
        packer.packString("2020-09-15T16:19:13.037809+00:00");

        assertThat(JournalMessages.visit(packer.toByteArray()))
                .map(Visit::date)
                .contains(Instant.parse("2020-09-15T16:19:13.037809Z"));
    }

    @Test
    void theHeadOfASnapshotIsFoundThroughItsAlias() throws Exception {
        byte[] message =
                snapshot(
                        Map.of(
                                "HEAD", new Object[] {"alias", "refs/heads/master"},
                                "refs/pull/1/head", new Object[] {"revision", "07".repeat(20)},
                                "refs/heads/master", new Object[] {"revision", COMMIT}));

        assertThat(JournalMessages.head(message))
                .contains(
                        new Head(HexFormat.of().formatHex(SNAPSHOT), "refs/heads/master", COMMIT));
    }

    @Test
    void aSnapshotWithoutAUsableHeadHasNone() throws Exception {
        assertThat(JournalMessages.head(snapshot(Map.of()))).isEmpty();
        assertThat(
                        JournalMessages.head(
                                snapshot(Map.of("HEAD", new Object[] {"alias", "refs/heads/x"}))))
                .isEmpty();
        assertThat(
                        JournalMessages.head(
                                snapshot(
                                        Map.of(
                                                "HEAD", new Object[] {"alias", "b"},
                                                "b", new Object[] {"alias", "HEAD"}))))
                .isEmpty();
        assertThat(JournalMessages.head(snapshot(Map.of("HEAD", new Object[] {"release", COMMIT}))))
                .isEmpty();
    }

    @Test
    void whatIsNoMessageOfTheJournalIsNamed() {
        assertThatThrownBy(() -> JournalMessages.visit(new byte[] {(byte) 0xc1}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("no msgpack");
        assertThatThrownBy(() -> JournalMessages.visit(new byte[] {42}))
                .hasMessage("the message is no dictionary");
        assertThatThrownBy(() -> JournalMessages.visit(new byte[] {(byte) 0x80}))
                .hasMessage("field origin is missing");
        assertThatThrownBy(() -> JournalMessages.head(new byte[] {(byte) 0x8f, 1}))
                .isInstanceOf(MalformedMessageException.class);
        byte[] whole = status("https://github.com/o/n", "full", "git", SNAPSHOT);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> JournalMessages.visit(part))
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    private static byte[] status(
            String origin, String status, @Nullable String type, byte @Nullable [] id) {
        try {
            MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
            packer.packMapHeader(type == null ? 5 : 6);
            pack(packer, "origin", origin);
            packer.packString("visit").packInt(524);
            pack(packer, "status", status);
            if (type != null) {
                pack(packer, "type", type);
            }
            packer.packString("snapshot");
            if (id == null) {
                packer.packNil();
            } else {
                binary(packer, id);
            }
            packer.packString("date").packTimestamp(NOON);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] snapshot(Map<String, Object[]> branches) throws IOException {
        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        packer.packMapHeader(2).packString("branches").packMapHeader(branches.size());
        for (Map.Entry<String, Object[]> branch : new TreeMap<>(branches).entrySet()) {
            binary(packer, branch.getKey().getBytes(StandardCharsets.UTF_8));
            String type = (String) branch.getValue()[0];
            String target = (String) branch.getValue()[1];
            packer.packMapHeader(2).packString("target");
            binary(
                    packer,
                    type.equals("alias")
                            ? target.getBytes(StandardCharsets.UTF_8)
                            : HexFormat.of().parseHex(target));
            pack(packer, "target_type", type);
        }
        packer.packString("id");
        binary(packer, SNAPSHOT);
        return packer.toByteArray();
    }

    private static void pack(MessageBufferPacker packer, String key, String value)
            throws IOException {
        packer.packString(key).packString(value);
    }

    private static void binary(MessageBufferPacker packer, byte[] bytes) throws IOException {
        packer.packBinaryHeader(bytes.length).writePayload(bytes);
    }
}
