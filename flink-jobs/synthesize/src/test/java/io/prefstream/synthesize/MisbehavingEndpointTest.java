package io.prefstream.synthesize;

import static org.assertj.core.api.Assertions.assertThat;

import io.prefstream.generation.Sampling;
import io.prefstream.generation.openai.OpenAiSettings;
import io.prefstream.generation.reliable.ReliableSettings;
import io.prefstream.jobs.common.StageOutputs;
import io.prefstream.jobs.common.testing.BoundedRun;
import io.prefstream.jobs.common.testing.TwoSlots;
import io.prefstream.jobs.generators.GeneratorPool;
import io.prefstream.jobs.generators.GeneratorSpec;
import io.prefstream.jobs.generators.Generators;
import io.prefstream.jobs.generators.PromptStyle;
import io.prefstream.jobs.generators.Role;
import io.prefstream.jobs.generators.testing.EndpointOnLoopback;
import io.prefstream.jobs.generators.testing.EndpointOnLoopback.Deed;
import io.prefstream.schemas.CandidatePair;
import io.prefstream.schemas.CodeSnippet;
import io.prefstream.schemas.DeadLetter;
import io.prefstream.schemas.Rejection;
import io.prefstream.synthesize.models.ModelShares;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real client behind the operator, against an endpoint on its worst day. */
class MisbehavingEndpointTest {
    private static final int SNIPPETS = 60;
    private static final List<Deed> MISDEEDS =
            EnumSet.complementOf(EnumSet.of(Deed.ANSWER)).stream().toList();

    @RegisterExtension private static final MiniClusterExtension FLINK = TwoSlots.cluster();

    @Test
    void whateverItDoesFirstEveryFunctionComesOutOnce() throws Exception {
        Set<Deed> done = ConcurrentHashMap.newKeySet();
        try (EndpointOnLoopback endpoint =
                new EndpointOnLoopback(
                        ask -> {
                            if (ask.time() > 0) {
                                return Deed.ANSWER;
                            }
                            Deed deed =
                                    MISDEEDS.get(
                                            (int)
                                                    Long.remainderUnsigned(
                                                            ask.seed(), MISDEEDS.size()));
                            done.add(deed);
                            return deed;
                        })) {
            assertEverythingComesOut("misdeeds", endpoint);
        }
        assertThat(done).containsExactlyInAnyOrderElementsOf(MISDEEDS);
    }

    @Test
    void whileItIsAwayTheStreamWaits() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        ScheduledExecutorService fate = Executors.newSingleThreadScheduledExecutor();
        EndpointOnLoopback[] endpoint = new EndpointOnLoopback[1];
        try (EndpointOnLoopback opened =
                new EndpointOnLoopback(
                        ask -> {
                            if (answers.incrementAndGet() == SNIPPETS / 2) {
                                fate.execute(() -> endpoint[0].die());
                                fate.schedule(() -> rise(endpoint[0]), 3, TimeUnit.SECONDS);
                            }
                            return Deed.ANSWER;
                        })) {
            endpoint[0] = opened;
            assertEverythingComesOut("away", opened);
        } finally {
            fate.shutdownNow();
        }
        assertThat(answers).hasValueGreaterThan(SNIPPETS / 2);
    }

    private static void rise(EndpointOnLoopback endpoint) {
        try {
            endpoint.rise();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertEverythingComesOut(String name, EndpointOnLoopback endpoint)
            throws Exception {
        List<CodeSnippet> snippets = Snippets.mutable(SNIPPETS);
        GeneratorPool.Factory models =
                GeneratorPool.Factory.of(
                        "synthesize",
                        List.of(
                                spec("strong", Role.STRONG, endpoint),
                                spec("weak", Role.WEAK, endpoint)),
                        10);
        BoundedRun run = new BoundedRun(2);
        StageOutputs<CandidatePair> outputs =
                new SynthesizePipeline(List.of(ModelShares.modelGap(1)), models, 1, 16)
                        .apply(
                                run.from("snippets", CodeSnippet.class, snippets),
                                run.optOuts(),
                                run.from("dead-letters", DeadLetter.class, List.of()));
        Supplier<List<CandidatePair>> candidates = run.keep(outputs.records());
        Supplier<List<Rejection>> rejections = run.keep(outputs.rejections());
        run.execute(name);

        assertThat(rejections.get()).isEmpty();
        assertThat(candidates.get())
                .allSatisfy(
                        pair -> {
                            assertThat(pair.getChosen().getText())
                                    .isEqualTo(
                                            EndpointOnLoopback.code(
                                                    "strong", pair.getChosen().getSeed()));
                            assertThat(pair.getRejected().getText())
                                    .isEqualTo(
                                            EndpointOnLoopback.code(
                                                    "weak", pair.getRejected().getSeed()));
                        })
                .extracting(CandidatePair::getSnippetId)
                .containsExactlyInAnyOrderElementsOf(
                        snippets.stream().map(CodeSnippet::getId).toList());
    }

    private static GeneratorSpec spec(String name, Role role, EndpointOnLoopback endpoint) {
        OpenAiSettings settings =
                OpenAiSettings.of(name, List.of(endpoint.url()))
                        .withLimits(Duration.ofSeconds(1), 0, 64);
        return new GeneratorSpec(
                name,
                Generators.endpoint(settings),
                Map.of(role, 1.0),
                PromptStyle.CHAT,
                Sampling.temperature(0.7),
                64,
                Duration.ofSeconds(5),
                new ReliableSettings(
                        100_000,
                        10,
                        5,
                        Duration.ofMillis(50),
                        Duration.ofMillis(400),
                        Duration.ofSeconds(2),
                        0,
                        0));
    }
}
