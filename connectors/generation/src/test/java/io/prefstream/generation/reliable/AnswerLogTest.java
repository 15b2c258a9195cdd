package io.prefstream.generation.reliable;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerLogTest {
    private static final long PLENTY = 1 << 20;
    private static final Generation ANSWER =
            new Generation("return \"ß€😀\";\n", FinishReason.LENGTH, 7, 9, -0.5, List.of(), "m@1");

    @TempDir private Path folder;

    @Test
    void answersAreThereAfterAnOpening() throws IOException {
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            log.put(key(1), ANSWER);
            assertThat(log.find(key(1))).contains(ANSWER);
            assertThat(log.find(key(2))).isEmpty();
        }
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            assertThat(log.find(key(1))).contains(ANSWER);
            assertThat(log.size()).isEqualTo(1);
        }
    }

    @Test
    void whatAKilledProcessHadWrittenIsThere() throws IOException {
        AnswerLog killed = AnswerLog.open(folder, PLENTY); // is not closed
        killed.put(key(1), ANSWER);
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            assertThat(log.find(key(1))).contains(ANSWER);
        }
        killed.close();
    }

    @Test
    void processesThatShareAFolderSeeEachOthersAnswersAfterARefresh() throws IOException {
        try (AnswerLog one = AnswerLog.open(folder, PLENTY);
                AnswerLog other = AnswerLog.open(folder, PLENTY)) {
            one.put(key(1), ANSWER);
            other.put(key(2), ANSWER);
            one.put(key(3), ANSWER);
            assertThat(other.find(key(1))).isEmpty();

            other.refresh();
            one.refresh();

            assertThat(other.find(key(1))).contains(ANSWER);
            assertThat(other.find(key(3))).contains(ANSWER);
            assertThat(one.find(key(2))).contains(ANSWER);
        }
    }

    @Test
    void aTornEndLosesTheTornAnswerAlone() throws IOException {
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            log.put(key(1), ANSWER);
            log.put(key(2), ANSWER);
        }
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        for (int cut = 1; cut < 20; cut++) {
            Files.write(segment, java.util.Arrays.copyOf(whole, whole.length - cut));
            try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
                assertThat(log.find(key(1))).contains(ANSWER);
                assertThat(log.find(key(2))).isEmpty();
            }
        }
    }

    @Test
    void aDamagedAnswerIsNotReadAndNewOnesAreKept() throws IOException {
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            log.put(key(1), ANSWER);
        }
        Path segment = segments().get(0);
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length - 3] ^= 1;
        Files.write(segment, bytes);
        Files.writeString(folder.resolve("x.answers"), "something else", StandardOpenOption.CREATE);
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            assertThat(log.find(key(1))).isEmpty();
            log.put(key(1), ANSWER);
        }
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            assertThat(log.find(key(1))).contains(ANSWER);
        }
    }

    @Test
    void theOldestSegmentsMakeRoom() throws IOException {
        try (AnswerLog log = AnswerLog.open(folder, 4_000, 1_000)) {
            for (int i = 0; i < 200; i++) {
                log.put(key(i), ANSWER);
            }
            assertThat(log.find(key(199))).contains(ANSWER);
            assertThat(log.find(key(0))).isEmpty();
            long bytes = 0;
            for (Path segment : segments()) {
                bytes += Files.size(segment);
            }
            assertThat(bytes).isBetween(2_000L, 6_000L);
        }
    }

    @Test
    void aProcessWhoseSegmentMadeRoomGoesOnInAnother() throws IOException {
        try (AnswerLog idle = AnswerLog.open(folder, 4_000, 1_000)) {
            idle.put(key(1_000), ANSWER);
            Path segment = segments().get(0);
            Files.setLastModifiedTime(segment, FileTime.fromMillis(0));
            try (AnswerLog busy = AnswerLog.open(folder, 4_000, 1_000)) {
                for (int i = 0; i < 60; i++) {
                    busy.put(key(i), ANSWER);
                }
            }
            assertThat(segment).doesNotExist();

            idle.put(key(1_001), ANSWER);
            idle.put(key(1_002), ANSWER);
            assertThat(idle.find(key(1_001))).contains(ANSWER);
        }
        try (AnswerLog log = AnswerLog.open(folder, PLENTY)) {
            assertThat(log.find(key(1_000))).isEmpty();
            assertThat(log.find(key(1_001))).contains(ANSWER);
            assertThat(log.find(key(1_002))).contains(ANSWER);
        }
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static String key(int seed) {
        return GenerationRequest.of("prompt", Sampling.GREEDY, 8, seed).key("m@1");
    }
}
