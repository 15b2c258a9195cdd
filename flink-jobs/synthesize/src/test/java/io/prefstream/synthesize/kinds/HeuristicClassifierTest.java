package io.prefstream.synthesize.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.schemas.CodeClass;
import io.prefstream.schemas.CodeKind;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.SnippetKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeuristicClassifierTest {

    private static final List<CodeSnippet> CALCULATIONS =
            List.of(
                    snippet(
                            "java",
                            """
                            static int gcd(int a, int b) {
                                while (b != 0) {
                                    int rest = a % b;
                                    a = b;
                                    b = rest;
                                }
                                return a < 0 ? -a : a;
                            }
                            """),
                    snippet(
                            "python",
                            """
                            def median(values):
                                ranked = sorted(values)
                                n = len(ranked)
                                if n % 2 == 1:
                                    return ranked[n // 2]
                                return (ranked[n // 2 - 1] + ranked[n // 2]) / 2
                            """),
                    snippet(
                            "go",
                            """
                            func Sum(values []int) int {
                                sum := 0
                                for i := 0; i < len(values); i++ {
                                    sum += values[i] * values[i]
                                }
                                return sum
                            }
                            """));

    private static final List<CodeSnippet> PRODUCTS =
            List.of(
                    snippet(
                            "java",
                            """
                            @Override
                            public Response handle(Request request) throws IOException {
                                try (Connection connection = pool.acquire()) {
                                    this.session.open(connection, request.getHeader("user"));
                                    return service.send(request);
                                } catch (SQLException e) {
                                    logger.warn("no connection", e);
                                    return null;
                                }
                            }
                            """),
                    snippet(
                            "python",
                            """
                            def open_session(self, url, timeout=None):
                                try:
                                    self.client = Client(url, timeout=timeout)
                                    self.client.connect()
                                except ConnectionError as error:
                                    self.logger.error("no server at %s", url)
                                    raise SessionError(url) from error
                            """));

    @Test
    void calculationsAreToldFromWhatTiesAProductTogether() {
        assertThat(CALCULATIONS)
                .allSatisfy(
                        snippet ->
                                assertThat(classify(snippet).getKind())
                                        .isEqualTo(CodeKind.NON_ENGINEERING));
        assertThat(PRODUCTS)
                .allSatisfy(
                        snippet ->
                                assertThat(classify(snippet).getKind())
                                        .isEqualTo(CodeKind.ENGINEERING));
    }

    @Test
    void confidenceIsTheProbabilityOfTheLikelierKind() {
        assertThat(HeuristicClassifier.codeClass(0.8, "x"))
                .isEqualTo(new CodeClass(CodeKind.ENGINEERING, 0.8, "x"));
        assertThat(HeuristicClassifier.codeClass(0.25, "x"))
                .isEqualTo(new CodeClass(CodeKind.NON_ENGINEERING, 0.75, "x"));
        assertThat(classify(CALCULATIONS.get(0)).getConfidence()).isBetween(0.5, 1.0);
        assertThat(classify(CALCULATIONS.get(0)).getClassifier()).isEqualTo("heuristic/1");
    }

    @Test
    void nothingIsSaidInALanguageThatCannotBeRead() {
        assertThat(HeuristicClassifier.classify(snippet("kotlin", "fun f() = 1"))).isEmpty();
    }

    private static CodeClass classify(CodeSnippet snippet) {
        return HeuristicClassifier.classify(snippet).orElseThrow();
    }

    private static CodeSnippet snippet(String language, String text) {
        return CodeSnippet.newBuilder()
                .setId("id")
                .setEventId("event")
                .setRepository("maven:org.example:fox")
                .setRevision("1.0")
                .setPath("Fox")
                .setLanguage(language)
                .setKind(SnippetKind.FUNCTION)
                .setName("f")
                .setSignature("f")
                .setText(text.strip())
                .setPublishedAt(Instant.EPOCH)
                .setProducer("test/1")
                .build();
    }
}
