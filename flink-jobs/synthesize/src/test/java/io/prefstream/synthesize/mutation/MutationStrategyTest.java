package io.prefstream.synthesize.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prefstream.jobs.common.syntax.CodePart;
import io.prefstream.jobs.common.syntax.Language;
import io.prefstream.jobs.common.syntax.SyntaxTree;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.ContentId;
import io.prefstream.schemas.FinishReason;
import io.prefstream.schemas.SnippetKind;
import io.prefstream.synthesize.Attempt;
import io.prefstream.synthesize.Attempt.Candidate;
import io.prefstream.synthesize.Attempt.NoCandidate;
import io.prefstream.synthesize.Instructions;
import io.prefstream.synthesize.SynthesizeReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The strategy over real published functions (Apache commons) and a Python module. */
class MutationStrategyTest {

    private static final Set<String> NEUTRAL =
            MutationOperators.NEUTRAL.stream()
                    .map(MutationOperator::id)
                    .collect(Collectors.toSet());

    private static final NgramProbe TOKENS = new NgramProbe(1, false);

    private static List<CodeSnippet> snippets;

    @BeforeAll
    static void readPublishedCode() throws Exception {
        PublishedCode code = new PublishedCode();
        code.read(Path.of(MutationStrategyTest.class.getResource("/published").toURI()));
        snippets = code.snippets();
    }

    @Test
    void theSampleIsRealAndInBothLanguages() {
        assertThat(snippets).hasSizeGreaterThan(80);
        assertThat(snippets).extracting(CodeSnippet::getLanguage).contains("java", "python");
    }

    @Test
    void neutralPairsHoldTheSameTokensAndEqualLengths() {
        List<CandidatePair> pairs = pairs(settings(1.0), 5);

        assertThat(pairs).hasSizeGreaterThan(200);
        for (CandidatePair pair : pairs) {
            assertThat(operators(pair)).isSubsetOf(NEUTRAL);
            assertThat(tokens(pair.getRejected().getText()))
                    .as(pair.getEdits() + "\n" + pair.getRejected().getText())
                    .isEqualTo(tokens(pair.getChosen().getText()));
            assertThat(pair.getRejected().getText()).hasSameSizeAs(pair.getChosen().getText());
        }
    }

    @Test
    void everyMutantParsesAndDiffersByMoreThanWhiteSpace() {
        for (CandidatePair pair : pairs(settings(0.5), 5)) {
            Language language = Language.ofCode(pair.getLanguage()).orElseThrow();
            try (SyntaxTree tree =
                    SyntaxTree.parseFragment(language, pair.getRejected().getText())) {
                assertThat(tree.hasErrors()).as(pair.getRejected().getText()).isFalse();
            }
            assertThat(pair.getRejected().getText())
                    .isNotEqualToNormalizingWhitespace(pair.getChosen().getText());
        }
    }

    @Test
    void theSameSnippetAndSeedGiveTheSameBytes() throws IOException {
        for (CodeSnippet snippet : snippets) {
            Attempt first = new MutationStrategy(settings(0.5)).attempt(snippet, 7);
            Attempt second = new MutationStrategy(settings(0.5)).attempt(snippet, 7);

            assertThat(second).isEqualTo(first);
            if (first instanceof Candidate a && second instanceof Candidate b) {
                assertThat(b.pair().toByteBuffer()).isEqualTo(a.pair().toByteBuffer());
            }
        }
    }

    @Test
    void anotherSeedGivesAnotherMutant() {
        CodeSnippet snippet =
                snippet("int f(int a, int b, int c) { return g(a - b, b - c, c - a); }");
        Set<String> texts = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            texts.add(candidate(settings(1.0), snippet, seed).getRejected().getText());
        }

        assertThat(texts).hasSizeGreaterThan(5);
    }

    @Test
    void noPairHasMoreEditsThanAllowed() {
        assertThat(pairs(settings(0.5), 3))
                .allSatisfy(pair -> assertThat(pair.getEdits()).hasSizeBetween(1, 3));
        assertThat(pairs(new MutationSettings(0.5, 1, 240, 1_024), 3))
                .allSatisfy(pair -> assertThat(pair.getEdits()).hasSize(1));
    }

    @Test
    void ofEachSubstitutionAndItsReverseOneIsAlwaysAllowed() {
        for (Language language : Dialect.LANGUAGES) {
            SubstitutionRates rates = SubstitutionRates.of(language);
            for (Substitution what : rates.substitutions()) {
                assertThat(rates.rate(what)).as(language + " " + what).isBetween(1e-3, 1.0);
                assertThat(Math.max(rates.rate(what), rates.rate(what.reversed())))
                        .as(language + " " + what)
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void aFunctionWithOnlyOneKindOfSiteGetsThatKindUnlessTheShareForbidsIt() {
        CodeSnippet onlySubstitutions = snippet("boolean f() { return true; }");
        CodeSnippet onlyNeutral = snippet("int f(int a, int b) { return a - b; }");
        for (int seed = 0; seed < 20; seed++) {
            assertThat(attempt(settings(0.9), onlySubstitutions, seed))
                    .isInstanceOf(Candidate.class);
            assertThat(attempt(settings(0.1), onlyNeutral, seed)).isInstanceOf(Candidate.class);
            assertThat(attempt(settings(1.0), onlySubstitutions, seed))
                    .isInstanceOf(NoCandidate.class);
            assertThat(attempt(settings(0.0), onlyNeutral, seed)).isInstanceOf(NoCandidate.class);
        }
    }

    @Test
    void everySubstitutionThatAnOperatorMakesIsInItsLanguagesTable() {
        Map<Language, Set<Substitution>> made = new EnumMap<>(Language.class);
        for (CodeSnippet snippet : snippets) {
            Language language = Language.ofCode(snippet.getLanguage()).orElseThrow();
            try (SyntaxTree tree = SyntaxTree.parseFragment(language, snippet.getText())) {
                FunctionCode code = FunctionCode.of(tree);
                for (MutationOperator operator : MutationOperators.SUBSTITUTIONS) {
                    for (Edit edit : operator.sites(code)) {
                        made.computeIfAbsent(language, any -> new HashSet<>())
                                .add(edit.substitution());
                    }
                }
            }
        }

        made.forEach(
                (language, substitutions) ->
                        assertThat(SubstitutionRates.of(language).substitutions())
                                .containsAll(substitutions));
        assertThat(made.get(Language.JAVA)).hasSizeGreaterThan(10);
    }

    @Test
    void theCommonerDirectionIsAllowedAtItsRateAndTheOtherAlways() {
        Map<String, Integer> traffic = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            String operator = i % 5 == 0 ? "<=" : "<";
            CodeSnippet snippet =
                    snippet(
                            "boolean f(int a) { return a %s limit(%d); }"
                                    .formatted(operator, i + 2));
            if (attempt(settings(0.0), snippet, i * 31L) instanceof Candidate candidate) {
                traffic.merge(
                        candidate.pair().getEdits().get(0).replaceAll("@.*", ""), 1, Integer::sum);
            }
        }

        double rate = SubstitutionRates.of(Language.JAVA).rate(new Substitution("<", "<="));
        assertThat(rate).isLessThan(0.5);
        double deviation = Math.sqrt(3_200 * rate * (1 - rate));
        assertThat(traffic.get("comparison-boundary(<=:<)")).isEqualTo(800);
        assertThat((double) traffic.get("comparison-boundary(<:<=)"))
                .isCloseTo(3_200 * rate, within(4 * deviation));
    }

    @Test
    void theInstructionIsWhatTheDocumentationSaysAndTheSignature() {
        CodeSnippet documented =
                CodeSnippet.newBuilder(snippet("int f(int a, int b) { return a - b; }"))
                        .setSignature("int f(int a, int b)")
                        .setDocComment(
                                "<p>The {@code a} less &lt;b&gt;, see {@link Fox#tail(int, int) the"
                                        + " tail}.\n"
                                        + "{@inheritDoc}\n"
                                        + "Never\n"
                                        + "negative.\n\n"
                                        + "@param a first")
                        .build();
        CandidatePair pair = candidate(settings(1.0), documented, 1);

        assertThat(pair.getInstruction())
                .isEqualTo("The a less <b>, see the tail. Never negative.\nint f(int a, int b)");
        assertThat(pair.getInstructionSource()).isEqualTo("doc-comment");
    }

    @Test
    void withoutDocumentationTheInstructionIsTheSignature() {
        CodeSnippet silent =
                CodeSnippet.newBuilder(snippet("int f(int a, int b) { return a - b; }"))
                        .setDocComment("{@inheritDoc}")
                        .build();
        CandidatePair pair = candidate(settings(1.0), silent, 1);

        assertThat(pair.getInstruction()).isEqualTo("int f(int a, int b)");
        assertThat(pair.getInstructionSource()).isEqualTo("signature");
    }

    @Test
    void aLongDocumentationIsCutBetweenSentencesOrWords() {
        assertThat(Instructions.shorten("One fox. Two foxes. Three foxes.", 20))
                .isEqualTo("One fox. Two foxes.");
        assertThat(Instructions.shorten("A single long sentence about foxes.", 20))
                .isEqualTo("A single long");
        assertThat(Instructions.clean("Fox.\n\nArgs:\n    a: b", Language.PYTHON))
                .isEqualTo("Fox.");
        assertThat(Instructions.clean("Fox.\n:param a: b", Language.PYTHON)).isEqualTo("Fox.");
        assertThat(
                        Instructions.clean(
                                "Of {@link Fox}.\n@param {string} a b\n@returns c",
                                Language.TYPESCRIPT))
                .isEqualTo("Of Fox.");
    }

    @Test
    void aPairSaysWhereItComesFrom() {
        CodeSnippet snippet = snippet("int f(int a, int b) { return a - b; }");
        CandidatePair pair = candidate(settings(1.0), snippet, 5);

        assertThat(pair.getId())
                .isEqualTo(
                        ContentId.of(
                                pair.getInstruction(),
                                pair.getChosen().getText(),
                                pair.getRejected().getText()));
        assertThat(pair.getSnippetId()).isEqualTo(snippet.getId());
        assertThat(pair.getChosen().getText()).isEqualTo(snippet.getText());
        assertThat(pair.getChosen().getGenerator()).isEqualTo("published");
        assertThat(pair.getRejected().getGenerator()).isEqualTo("mutation");
        assertThat(pair.getRejected().getSeed()).isEqualTo(5L);
        assertThat(pair.getRejected().getFinishReason()).isEqualTo(FinishReason.PUBLISHED);
        assertThat(pair.getStrategy()).isEqualTo("mutation");
        assertThat(pair.getEdits()).allMatch(edit -> edit.matches("swap-(operands|variables)@29"));
    }

    @Test
    void whatCannotBeMutatedHasAReason() {
        assertThat(reason(settings(0.9), snippet("int f() { return a; }")))
                .isEqualTo(SynthesizeReason.NO_MUTATION_SITE);
        assertThat(reason(settings(0.9), snippet("int f( {")))
                .isEqualTo(SynthesizeReason.UNPARSEABLE_SNIPPET);
        assertThat(reason(settings(0.9), snippet(""))).isEqualTo(SynthesizeReason.NO_MUTATION_SITE);
        assertThat(
                        reason(
                                settings(0.9),
                                CodeSnippet.newBuilder(snippet("fun f() = 1"))
                                        .setLanguage("kotlin")
                                        .build()))
                .isEqualTo(SynthesizeReason.LANGUAGE_NOT_SUPPORTED);
        assertThat(
                        reason(
                                settings(0.9),
                                CodeSnippet.newBuilder(snippet("class A {}"))
                                        .setKind(SnippetKind.CLASS)
                                        .build()))
                .isEqualTo(SynthesizeReason.KIND_NOT_SUPPORTED);

        Attempt tooLong =
                new MutationStrategy(new MutationSettings(0.9, 3, 240, 10))
                        .attempt(snippet("int f(int a, int b) { return a - b; }"), 1);
        assertThat(tooLong)
                .isEqualTo(
                        new NoCandidate(
                                SynthesizeReason.INSTRUCTION_TOO_LONG,
                                "instruction of 19 chars exceeds"
                                        + " synthesize.instruction.max-chars=10"));
    }

    private static MutationSettings settings(double neutralShare) {
        return new MutationSettings(neutralShare, 3, 240, 1_024);
    }

    private static CodeSnippet snippet(String text) {
        return PublishedCode.snippet(
                "fox",
                "Fox.java",
                Language.JAVA,
                new CodePart(
                        SnippetKind.FUNCTION,
                        "f",
                        "int f(int a, int b)",
                        null,
                        text,
                        1,
                        List.of(),
                        false));
    }

    private static Attempt attempt(MutationSettings settings, CodeSnippet snippet, long seed) {
        return new MutationStrategy(settings).attempt(snippet, seed);
    }

    private static CandidatePair candidate(
            MutationSettings settings, CodeSnippet snippet, long seed) {
        return ((Candidate) new MutationStrategy(settings).attempt(snippet, seed)).pair();
    }

    private static SynthesizeReason reason(MutationSettings settings, CodeSnippet snippet) {
        return ((NoCandidate) new MutationStrategy(settings).attempt(snippet, 1)).reason();
    }

    private static List<CandidatePair> pairs(MutationSettings settings, int seeds) {
        MutationStrategy strategy = new MutationStrategy(settings);
        List<CandidatePair> pairs = new ArrayList<>();
        for (CodeSnippet snippet : snippets) {
            for (int seed = 0; seed < seeds; seed++) {
                if (strategy.attempt(snippet, seed) instanceof Candidate candidate) {
                    pairs.add(candidate.pair());
                }
            }
        }
        return pairs;
    }

    private static Set<String> operators(CandidatePair pair) {
        return pair.getEdits().stream()
                .map(edit -> edit.replaceAll("[(@].*", ""))
                .collect(Collectors.toSet());
    }

    private static List<String> tokens(String text) {
        return TOKENS.tokens(text).stream().sorted().toList();
    }
}
