package io.prefstream.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.ChatMessage;
import io.prefstream.model.tokenizer.ChatTemplate;
import io.prefstream.model.tokenizer.CodeTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairEncodingTest {
    private static final String DOC = "Returns the larger of two values.";
    private static final String CODE = "int max(int a, int b) {\n    return a > b ? a : b;\n}";

    @TempDir static Path folder;
    private static CodeTokenizer tokenizer;

    @BeforeAll
    static void writeDemo() throws Exception {
        tokenizer = DemoModel.writeTo(folder, 1).tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void aSequenceIsPromptResponseAndEndInThisOrder() {
        EncodedText text = new PairEncoding(tokenizer, 0, 256).encode(DOC, CODE);
        int[] ids = text.ids();
        assertThat(ids[ids.length - 1]).isZero();
        assertThat(tokenizer.decode(Arrays.copyOf(ids, text.promptTokens()))).isEqualTo(DOC + "\n");
        assertThat(tokenizer.decode(Arrays.copyOfRange(ids, text.promptTokens(), ids.length - 1)))
                .isEqualTo(CODE);
        assertThat(text.overBudget()).isFalse();
    }

    @Test
    void aSequenceOverTheBudgetSaysSoAndIsNotCut() {
        int exact = new PairEncoding(tokenizer, 0, 256).encode(DOC, CODE).length();
        assertThat(new PairEncoding(tokenizer, 0, exact).encode(DOC, CODE).overBudget()).isFalse();
        EncodedText over = new PairEncoding(tokenizer, 0, exact - 1).encode(DOC, CODE);
        assertThat(over.overBudget()).isTrue();
        assertThat(over.length()).isEqualTo(exact);
        assertThat(over.ids()[exact - 1]).isZero();
    }

    @Test
    void anEmptyPromptAndAnEmptyResponseAreStillASequence() {
        EncodedText text = new PairEncoding(tokenizer, 0, 256).encode("", "");
        assertThat(text.promptTokens()).isPositive();
        assertThat(text.length()).isEqualTo(text.promptTokens() + 1);
    }

    @Test
    void aPromptThatIsClosedAlreadyHasTheSameTokens() {
        PairEncoding encoding = new PairEncoding(tokenizer, 0, 256);
        assertThat(encoding.encode(DOC + "\n", CODE).ids())
                .isEqualTo(encoding.encode(DOC, CODE).ids());
    }

    @Test
    void theChatTemplateOfTheDemoModelRendersWhatIsEncoded() throws Exception {
        ChatTemplate template = ChatTemplate.read(folder).orElseThrow();
        PairEncoding encoding = new PairEncoding(tokenizer, 0, 256);
        for (String asked : List.of(DOC, DOC + "\n", "Say \"<b>\" & 'it'")) {
            EncodedText text = encoding.encode(asked, CODE);
            ChatMessage user = new ChatMessage("user", asked);
            assertThat(encoding.encode(template.render(List.of(user)), CODE).ids())
                    .isEqualTo(text.ids());
            String whole = template.render(List.of(user, new ChatMessage("assistant", CODE)));
            assertThat(whole).isEqualTo(tokenizer.decode(text.ids()) + "<|endoftext|>");
            assertThat(tokenizer.encode(whole)).isEqualTo(text.ids());
        }
    }

    @Test
    void aFamilyWithABeginningOfSequenceHasItOnceInEveryPair() throws Exception {
        Path files = Files.createDirectories(folder.resolve("bos"));
        DemoModel.writeTokenizer(files);
        Files.writeString(
                files.resolve("tokenizer_config.json"),
                "{\"add_bos_token\": true, \"bos_token\": \"<|pad|>\"}");
        try (CodeTokenizer other = CodeTokenizer.read(files.resolve("tokenizer.json"))) {
            int bos = other.encode("<|pad|>")[0];
            EncodedText plain = new PairEncoding(tokenizer, 0, 256).encode(DOC, CODE);
            EncodedPair pair = new PairEncoding(other, 0, 256).encodePair(DOC, CODE, "x");
            int[] expected = new int[plain.length() + 1];
            expected[0] = bos;
            System.arraycopy(plain.ids(), 0, expected, 1, plain.length());
            assertThat(pair.chosen().ids()).isEqualTo(expected);
            assertThat(pair.chosen().promptTokens()).isEqualTo(plain.promptTokens() + 1);
            assertThat(pair.rejected().ids()).startsWith(bos, expected[1]);
            assertThat(new PairEncoding(other, 0, 256).encode("<|pad|>" + DOC, CODE).ids())
                    .isEqualTo(expected);
        }
    }
}
