package io.prefstream.trainer.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prefstream.model.ModelBundle;
import io.prefstream.model.Precision;
import io.prefstream.trainer.CommandRun;
import io.prefstream.trainer.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PretrainerTest {
    private static final int STEPS = 30;

    @TempDir static Path folder;
    private static Path sources;

    @BeforeAll
    static void writeSources() throws IOException {
        sources = folder.resolve("sources");
        for (int artifact = 0; artifact < 8; artifact++) {
            Path own = Files.createDirectories(sources.resolve("artifact-" + artifact));
            StringBuilder code = new StringBuilder("/* A licence. */\npackage a;\n");
            for (int i = 0; i < 60; i++) {
                code.append("    public int get%d(int index) {\n".formatted(artifact * i))
                        .append("        return values[index] + offset;\n    }\n");
            }
            Files.writeString(own.resolve("Values.java"), code);
            Files.writeString(own.resolve("Copy.java"), "class Copy {}\n");
            Files.writeString(own.resolve("notes.txt"), "no code");
        }
    }

    @Test
    void anInterruptedRunEndsAsTheOneThatWasNot() throws IOException {
        Path whole = new Pretrainer(options(folder.resolve("whole")), () -> false).run();
        PretrainOptions options = options(folder.resolve("parts"));
        AtomicInteger asked = new AtomicInteger();
        Path trunk = new Pretrainer(options, () -> asked.incrementAndGet() > 13).run();
        assertThat(trunk).isEqualTo(folder.resolve("parts/trunk"));
        Path parts = new Pretrainer(options, () -> false).run();

        for (String file : List.of("model.safetensors", "config.json", "tokenizer.json")) {
            assertThat(parts.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
        List<String> curve = Files.readAllLines(folder.resolve("whole/curve.csv"));
        assertThat(curve).hasSize(1 + STEPS / 10);
        assertThat(perplexity(curve.get(curve.size() - 1)))
                .isLessThan(perplexity(curve.get(1)) / 2);
        assertThat(ModelBundle.open(whole).config().heads().reward()).isFalse();
        assertThat(whole.resolve("README.md"))
                .content()
                .contains("--hidden 16 --intermediate 32 --layers 1")
                .contains("Held out: artifact-")
                .contains("after step " + STEPS)
                // So few windows are held out that the curve is of all of them, too.
                .contains("**%.3f**".formatted(perplexity(curve.get(curve.size() - 1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {".replaced-trunk", "trunk.old"})
    void killedBetweenTwoTrunksItGoesOnFromTheOneBefore(String name) throws IOException {
        PretrainOptions options = options(folder.resolve("killed" + name));
        AtomicInteger asked = new AtomicInteger();
        Path trunk = new Pretrainer(options, () -> asked.incrementAndGet() > 13).run();
        Files.move(trunk, trunk.resolveSibling(name));
        Files.createDirectory(trunk.resolveSibling("trunk.next"));
        new Pretrainer(options, () -> false).run();
        List<String> curve = Files.readAllLines(options.out().resolve("curve.csv"));
        assertThat(curve)
                .extracting(line -> line.substring(0, line.indexOf(',')))
                .containsExactly("step", "10", "13", "20", "30");
        try (Stream<Path> left = Files.list(options.out())) {
            assertThat(left.map(path -> path.getFileName().toString()).sorted())
                    .containsExactly("curve.csv", "model", "tokenizer", "trunk");
        }
    }

    @Test
    void stepsThatAreNoNumbersEndTheRunAfterFiveInARow() throws IOException {
        PretrainOptions o = options(folder.resolve("diverged"));
        PretrainOptions diverging =
                new PretrainOptions(
                        sources,
                        o.out(),
                        16,
                        32,
                        1,
                        2,
                        1,
                        32,
                        0.3,
                        2,
                        STEPS,
                        1e30,
                        0,
                        0.3,
                        1,
                        10,
                        64,
                        Precision.F32);
        assertThatThrownBy(() -> new Pretrainer(diverging, () -> false).run())
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("expected numbers: 5 batches in a row were skipped")
                .hasMessageContaining("lower --learning-rate=1.0E30");
        assertThat(o.out().resolve("model")).doesNotExist();
    }

    @Test
    void otherSizesThanTheTrunksAreRefused() throws IOException {
        Path out = folder.resolve("sizes");
        new Pretrainer(options(out), () -> true).run();
        PretrainOptions o = options(out);
        PretrainOptions larger =
                new PretrainOptions(
                        sources,
                        out,
                        32,
                        32,
                        1,
                        2,
                        1,
                        32,
                        0.3,
                        2,
                        STEPS,
                        0.01,
                        2,
                        0.3,
                        1,
                        10,
                        64,
                        Precision.F32);
        assertThat(o.learningRate(STEPS)).isLessThan(o.learningRate(10));
        assertThatThrownBy(() -> new Pretrainer(larger, () -> false).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was begun with other sizes");
    }

    @Test
    void whatIsWrongIsOneLine() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(command("--sources=" + folder.resolve("nowhere"), "--out=" + folder).complaint())
                .contains("nowhere is no folder");
        assertThat(command("--sources=" + empty, "--out=" + folder.resolve("e")).complaint())
                .contains("has too little Java source: 0 tokens to train on");
        assertThat(command("--sources=" + empty, "--out=" + folder, "--held-out=1").complaint())
                .contains("--held-out=1.0 must lie between 0 and 1");
    }

    private static CommandRun command(String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "pretrain";
        System.arraycopy(options, 0, all, 1, options.length);
        return CommandRun.of("", all);
    }

    private static double perplexity(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
    }

    private static PretrainOptions options(Path out) {
        return new PretrainOptions(
                sources,
                out,
                16,
                32,
                1,
                2,
                1,
                32,
                0.3,
                2,
                STEPS,
                0.01,
                2,
                0.3,
                1,
                10,
                64,
                Precision.F32);
    }
}
