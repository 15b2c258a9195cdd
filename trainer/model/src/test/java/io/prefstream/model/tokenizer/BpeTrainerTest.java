package io.prefstream.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.model.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerTest {
    private static final List<String> SPECIAL = List.of("<|endoftext|>", "<|pad|>");
    private static final int FIRST_MERGE = 2 + 256;

    @TempDir Path folder;

    @Test
    void theMostFrequentPairIsMergedFirst() {
        BpeTrainer trainer = new BpeTrainer();
        trainer.add("aab");
        trainer.add("aab aab cd cd");
        BpeVocabulary vocabulary = trainer.train(FIRST_MERGE + 3, SPECIAL);
        // aa and ab occur three times each: the lower ids win; then aa+b, then the space before c.
        assertThat(vocabulary.token(FIRST_MERGE)).isEqualTo("aa");
        assertThat(vocabulary.token(FIRST_MERGE + 1)).isEqualTo("aab");
        assertThat(vocabulary.token(FIRST_MERGE + 2)).isEqualTo("Ġc");
    }

    @Test
    void trainingEndsWhenNoPairOccursTwice() {
        BpeTrainer trainer = new BpeTrainer();
        trainer.add("xyz");
        assertThat(trainer.train(5000, SPECIAL).size()).isEqualTo(FIRST_MERGE);
        assertThatThrownBy(() -> trainer.train(100, SPECIAL))
                .hasMessageContaining("vocab-size=100 must be at least 256 bytes");
    }

    @Test
    void theSameTextGivesTheSameFileThatTheTokenizerReads() throws Exception {
        String code = "for (int i = 0; i < n; i++) {\n    total += values[i];\n}\n".repeat(3);
        for (String name : new String[] {"a.json", "b.json"}) {
            BpeTrainer trainer = new BpeTrainer();
            trainer.add(code);
            trainer.train(320, SPECIAL).write(folder.resolve(name));
        }
        assertThat(folder.resolve("b.json")).hasSameBinaryContentAs(folder.resolve("a.json"));
        try (CodeTokenizer tokenizer = CodeTokenizer.read(folder.resolve("a.json"))) {
            int[] ids = tokenizer.encode(code);
            assertThat(ids).hasSizeLessThan(code.length() / 2);
            assertThat(tokenizer.decode(ids)).isEqualTo(code);
        }
    }

    @Test
    void theDemoTokenizerGivesBackAnyText() throws Exception {
        DemoModel.writeTo(folder, 1);
        Random random = new Random(2);
        try (CodeTokenizer tokenizer = CodeTokenizer.read(folder.resolve("tokenizer.json"))) {
            for (int i = 0; i < 200; i++) {
                StringBuilder text = new StringBuilder();
                for (int c = random.nextInt(40); c >= 0; c--) {
                    text.appendCodePoint(codePoint(random));
                }
                assertThat(tokenizer.decode(tokenizer.encode(text.toString())))
                        .isEqualTo(text.toString());
            }
        }
    }

    @Test
    void aLineBreakWithItsIndentationIsOneToken() throws Exception {
        DemoModel.writeTo(folder, 1);
        try (CodeTokenizer tokenizer = CodeTokenizer.read(folder.resolve("tokenizer.json"))) {
            for (int depth = 0; depth <= 16; depth += 4) {
                assertThat(tokenizer.encode("\n" + " ".repeat(depth))).hasSize(1);
                assertThat(tokenizer.encode("{\n" + " ".repeat(depth) + "return")).hasSize(3);
            }
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> CodeTokenizer.read(folder.resolve("none.json")))
                .hasMessageContaining("none.json");
        assertThat(Files.exists(folder.resolve("none.json"))).isFalse();
    }

    private static int codePoint(Random random) {
        int[] ranges = {0x20, 0x7e, 0x9, 0xd, 0xa0, 0x17f, 0x4e00, 0x4f00, 0x1f600, 0x1f640};
        int range = 2 * random.nextInt(ranges.length / 2);
        return ranges[range] + random.nextInt(ranges[range + 1] - ranges[range]);
    }
}
