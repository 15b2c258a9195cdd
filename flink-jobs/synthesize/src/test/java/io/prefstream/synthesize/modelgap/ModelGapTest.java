package io.prefstream.synthesize.modelgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.generation.Generation;
import io.prefstream.generation.GenerationException;
import io.prefstream.generation.GenerationRequest;
import io.prefstream.generation.Prompt;
import io.prefstream.generation.Sampling;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.SynthesizeReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelGapTest {
    private static final CodeSnippet SUM = snippet("java", "int sum(int a, int b)", "Adds both.");
    private static final AnsweringModel WEAK =
            model("weak@2", request -> AnsweringModel.whole("weak@2", "\n        return a;"));

    @Test
    void chosenIsTheStrongModelsAnswerAndRejectedTheWeakOnes() {
        List<GenerationRequest> asked = new ArrayList<>();
        AnsweringModel strong =
                model(
                        "strong@1",
                        request -> {
                            asked.add(request);
                            return AnsweringModel.whole("strong@1", "\n        return a + b;");
                        });

        CandidatePair pair = pair(PromptStyle.CODE, SUM, strong, WEAK);

        assertThat(asked.get(0).prompt())
                .isEqualTo(
                        new Prompt.Text(
                                "    /**\n"
                                        + "     * Adds both.\n"
                                        + "     */\n"
                                        + "    int sum(int a, int b) {"));
        assertThat(asked.get(0).stop()).containsExactly("\n    }");
        assertThat(pair.getInstruction()).isEqualTo("Adds both.\nint sum(int a, int b)");
        assertThat(pair.getInstructionSource()).isEqualTo("doc-comment");
        assertThat(pair.getChosen().getText())
                .isEqualTo("int sum(int a, int b) {\n    return a + b;\n}");
        assertThat(pair.getRejected().getText())
                .isEqualTo("int sum(int a, int b) {\n    return a;\n}");
        assertThat(pair.getChosen().getGenerator()).isEqualTo("strong");
        assertThat(pair.getChosen().getModelRevision()).isEqualTo("1");
        assertThat(pair.getChosen().getFinishReason()).isEqualTo(FinishReason.STOP);
        assertThat(pair.getChosen().getSampling().getTemperature()).isEqualTo(0.7);
        assertThat(pair.getChosen().getSeed()).isNotEqualTo(pair.getRejected().getSeed());
        assertThat(pair.getStrategy()).isEqualTo("model-gap");
        assertThat(pair(PromptStyle.CODE, SUM, strong, WEAK)).isEqualTo(pair);
    }

    @Test
    void aConversationsAnswerIsTheCodeBetweenItsFences() {
        AnsweringModel strong =
                model(
                        "s",
                        request ->
                                AnsweringModel.whole(
                                        "s",
                                        "Sure:\n```python\ndef f():\n    return 1\n```\nDone."));
        AnsweringModel weak =
                model("w", request -> AnsweringModel.whole("w", "def f():\n    pass\n"));

        CandidatePair pair =
                pair(PromptStyle.CHAT, snippet("python", "def f()", null), strong, weak);

        assertThat(pair.getChosen().getText()).isEqualTo("def f():\n    return 1");
        assertThat(pair.getRejected().getText()).isEqualTo("def f():\n    pass");
        assertThat(pair.getChosen().getModelRevision()).isNull();
        assertThat(pair.getInstructionSource()).isEqualTo("signature");
    }

    @Test
    void whatGivesNoPairSaysWhy() {
        assertThat(attempt(model("s", request -> AnsweringModel.cut("s", "\n  if (a")), WEAK))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.ANSWER_CUT,
                                "the strong model's answer has no end within"
                                        + " synthesize.model-gap.max-tokens=64"));
        assertThat(attempt(WEAK, failing(new GenerationException("a prompt of 900 tokens"))))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.GENERATION_FAILED, "a prompt of 900 tokens"));
        assertThat(attempt(failing(new IllegalStateException(new TimeoutException())), WEAK))
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.GENERATION_TIMED_OUT,
                                "no answers within synthesize.model-gap.timeout=PT5S"));
    }

    @Test
    void theShareOfFunctionsIsTheSameEachTime() {
        ModelGap tenth = gap(0.1, PromptStyle.CODE);
        List<CodeSnippet> snippets =
                IntStream.range(0, 5_000)
                        .mapToObj(i -> snippet("java", "int f" + i + "()", null))
                        .toList();
        List<CodeSnippet> wanted = snippets.stream().filter(tenth::wants).toList();
        assertThat(wanted.size() / 5_000.0).isCloseTo(0.1, within(0.02));
        assertThat(snippets.stream().filter(gap(0.1, PromptStyle.CODE)::wants)).isEqualTo(wanted);
        assertThat(snippets).allMatch(gap(1, PromptStyle.CODE)::wants);
        CodeSnippet python = snippet("python", "def f()", null);
        assertThat(gap(1, PromptStyle.CODE).wants(python)).isFalse();
        assertThat(gap(1, PromptStyle.CHAT).wants(python)).isTrue();
        assertThat(
                        gap(1, PromptStyle.CHAT)
                                .wants(
                                        CodeSnippet.newBuilder(SUM)
                                                .setKind(SnippetKind.CLASS)
                                                .build()))
                .isFalse();
    }

    private static AnsweringModel model(
            String name, Function<GenerationRequest, Generation> answers) {
        return new AnsweringModel(name, answers);
    }

    private static AnsweringModel failing(RuntimeException failure) {
        return model(
                "failing",
                request -> {
                    throw failure;
                });
    }

    private static Attempt attempt(AnsweringModel strong, AnsweringModel weak) {
        return gap(1, PromptStyle.CODE).attempt(SUM, strong, weak).join();
    }

    private static CandidatePair pair(
            PromptStyle style, CodeSnippet snippet, AnsweringModel strong, AnsweringModel weak) {
        return ((Candidate) gap(1, style).attempt(snippet, strong, weak).join()).pair();
    }

    private static ModelGap gap(double share, PromptStyle style) {
        return new ModelGap(settings(share, style));
    }

    static ModelGapSettings settings(double share, PromptStyle style) {
        return new ModelGapSettings(
                share,
                style,
                Sampling.temperature(0.7),
                64,
                Duration.ofSeconds(5),
                8,
                240,
                1_024,
                1);
    }

    private static CodeSnippet snippet(String language, String signature, String doc) {
        return CodeSnippet.newBuilder()
                .setId(ContentId.of(language, signature))
                .setEventId("event")
                .setRepository("maven:org.example:fox")
                .setRevision("1.0")
                .setPath("Fox")
                .setLanguage(language)
                .setKind(SnippetKind.FUNCTION)
                .setName("f")
                .setSignature(signature)
                .setDocComment(doc)
                .setText(signature)
                .setPublishedAt(Instant.parse("2026-05-01T12:00:00Z"))
                .setProducer("test/1")
                .build();
    }
}
