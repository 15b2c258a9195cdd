package io.prefstream.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.Heads;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.tokenizer.BpeTrainer;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.trainer.CommandRun;
import io.prefstream.trainer.PairFile;
import io.prefstream.trainer.RandomModel;
import io.prefstream.trainer.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinetuneCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private Path pairs;
    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        pairs = PairFile.separable(folder.resolve("pairs.jsonl"), 1_200);
        model = TinyModel.write(folder.resolve("model"), pairs);
    }

    @Test
    void learnsASeparableSetAndWritesAModelThatScores() throws IOException {
        Path out = folder.resolve("out");
        CommandRun run = finetune(pairs, "--out", "" + out, "--epochs", "2");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        JsonNode tuned = report.at("/runs/0");
        assertThat(tuned.at("/accuracy/value").asDouble()).isGreaterThan(0.95);
        assertThat(report.path("trainPairs").asInt() + report.path("testPairs").asInt())
                .isEqualTo(1_200);
        assertThat(out.resolve(".finetune-work")).doesNotExist();
        assertRefused(out, "--out=" + out + " holds model already", "--epochs", "1");
        assertThat(out.resolve("model")).isDirectoryContaining("glob:**/manifest.json");
        assertThat(out.resolve("report.md")).content().contains("| pre-trained |");

        CommandRun score =
                CommandRun.of(
                        "", "score", "--model", "" + out.resolve("model"), "--pairs", "" + pairs);
        assertThat(score.code()).isZero();
        long right = score.out().lines().filter(line -> margin(line) > 0).count();
        assertThat(right).isGreaterThan(1_140);
    }

    @Test
    void theSameSeedGivesTheSameModelAndAnotherOneAnotherModel() throws IOException {
        byte[] first = tunedWeights("a", "1");
        assertThat(tunedWeights("b", "1")).isEqualTo(first);
        assertThat(tunedWeights("c", "2")).isNotEqualTo(first);
    }

    @Test
    void theCurveHasEveryRunOfBothModelsAndItsSpread() throws IOException {
        Path out = folder.resolve("out");
        CommandRun run =
                finetune(
                        pairs,
                        "--out",
                        "" + out,
                        "--compare-base",
                        "--curve",
                        "64,16",
                        "--seeds",
                        "2");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        assertThat(report.path("runs").findValuesAsText("model"))
                .containsExactly("pre-trained", "from scratch");
        assertThat(report.path("curveRuns")).hasSize(8);
        JsonNode first = report.at("/curve/0");
        assertThat(first.path("pairs").asInt()).isEqualTo(16);
        List<Double> values = new ArrayList<>();
        for (JsonNode one : report.path("curveRuns")) {
            if (one.path("pairs").asInt() == 16
                    && one.path("model").asText().equals("pre-trained")) {
                values.add(one.at("/accuracy/value").asDouble());
            }
        }
        // Of two values the sample deviation is their distance by the root of 2.
        double mean = (values.get(0) + values.get(1)) / 2;
        assertThat(first.path("mean").asDouble()).isEqualTo(mean);
        assertThat(first.path("standardDeviation").asDouble())
                .isCloseTo(Math.abs(values.get(0) - values.get(1)) / Math.sqrt(2), within(1e-12));
        assertThat(out.resolve("curve.svg")).content().startsWith("<svg");
        assertThat(out.resolve("from-scratch").resolve("model.safetensors")).isRegularFile();
    }

    @Test
    void aBaseWithoutARewardHeadAndPaddingTokenIsTunedBesideIt() throws IOException {
        Path base = folder.resolve("base-model");
        ModelBundle bundle = ModelBundle.open(model);
        try (DecoderModel drawn =
                DecoderModel.initialize(bundle.config().withHeads(Heads.LANGUAGE), 3)) {
            bundle.writeWith(drawn, base, SafeTensors.Type.F32);
        }
        Path config = base.resolve(ModelBundle.CONFIG);
        ObjectNode published = (ObjectNode) JSON.readTree(config.toFile());
        published.remove("pad_token_id");
        JSON.writeValue(config.toFile(), published);
        Path out = folder.resolve("out");
        CommandRun run = finetune(pairs, "--out", "" + out, "--compare-base", "" + base);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        assertThat(report.path("runs").findValuesAsText("model"))
                .containsExactly("pre-trained", "base");
        assertThat(report.at("/models/base").asText()).isEqualTo("" + base);
        Path tuned = out.resolve("base");
        assertThat(ModelBundle.open(tuned).config().heads()).isEqualTo(Heads.REWARD);
        assertThat(JSON.readTree(tuned.resolve(ModelBundle.CONFIG).toFile()).path("pad_token_id"))
                .isEqualTo(IntNode.valueOf(1));
        assertThat(tuned.resolve(ModelBundle.TOKENIZER_CONFIG))
                .content()
                .contains("\"pad_token\" : \"<|pad|>\"");
        assertThat(tuned.resolve("README.md"))
                .content()
                .contains("from the base model in `" + base);
        assertThat(JSON.readTree(tuned.resolve("lineage.json").toFile()).path("from").asText())
                .isEqualTo("" + base);
        assertRefused(
                folder.resolve("other"),
                "--compare-base=" + folder.resolve("none") + " is no folder",
                "--compare-base",
                "" + folder.resolve("none"));
    }

    @Test
    void aTokenizerThatDoesNotFitTheConfigIsToldWithBothNumbers() throws IOException {
        BpeTrainer larger = new BpeTrainer();
        larger.add(Files.readString(pairs));
        larger.train(400, List.of("<|endoftext|>")).write(model.resolve(ModelBundle.TOKENIZER));
        CommandRun run = finetune(pairs, "--out", "" + folder.resolve("out"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.complaint())
                .contains(model.resolve("tokenizer.json") + " has token 3")
                .contains("vocab_size=320");
    }

    @Test
    void whereEveryPairExceedsTheContextNothingIsTuned() throws IOException {
        CommandRun run = finetune(pairs, "--out", "" + folder.resolve("out"), "--context", "10");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint())
                .contains(pairs + ": no pair is left to train on: 1,200 exceed the context")
                .contains("exceeds model.context=10");
    }

    @Test
    void pairsThatExceedTheContextAreCounted() throws IOException {
        String longOne =
                "{\"prompt\": \"long\", \"chosen\": \"%s\", \"rejected\": \"b\"}\n"
                        .formatted("while x ".repeat(100));
        Files.writeString(pairs, Files.readString(pairs) + longOne);
        Path out = folder.resolve("out");
        assertThat(finetune(pairs, "--out", "" + out).code()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        assertThat(report.path("overlongPairs").asInt()).isEqualTo(1);
    }

    @Test
    void besideATestOfItsOwnRowsThatTheirSplitHoldsOutAreLeftOut() throws IOException {
        List<String> rows = Files.readAllLines(pairs).subList(0, 60);
        Path test = Files.write(folder.resolve("test.jsonl"), rows.subList(0, 10));
        List<String> marked = new ArrayList<>();
        for (int i = 10; i < 60; i++) {
            ObjectNode row = (ObjectNode) JSON.readTree(rows.get(i));
            row.put("split", i < 15 ? "test" : i < 18 ? "holdout" : "train");
            marked.add(JSON.writeValueAsString(row));
        }
        Path some = Files.write(folder.resolve("some.jsonl"), marked);
        Path out = folder.resolve("out");
        CommandRun run = finetune(some, "--test", "" + test, "--out", "" + out);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        assertThat(report.path("trainPairs").asInt()).isEqualTo(42);
        assertThat(report.path("testPairs").asInt()).isEqualTo(10);
        assertThat(report.path("heldOutPairs").asInt()).isEqualTo(8);
        assertThat(out.resolve("report.md"))
                .content()
                .contains("left out, and 8 that their split holds out.");
        assertThat(run.out().lines().findFirst().orElseThrow())
                .isEqualTo(
                        "{\"event\":\"pairs\",\"train\":42,\"test\":10,\"overlong\":0,\"heldOut\":8}");
        Path none = Files.write(folder.resolve("none.jsonl"), marked.subList(0, 8));
        CommandRun refused =
                finetune(none, "--test", "" + test, "--out", "" + folder.resolve("other"));
        assertThat(refused.complaint())
                .contains(
                        none
                                + ": there is no pair to train on: the split of all 8 holds them"
                                + " out (--test)");
    }

    @Test
    void lineageNamesTheReleaseAndTheManifestOfWhatItCameFrom() throws IOException {
        Files.writeString(model.resolve("lineage.json"), "{\"id\": \"release-7\"}");
        Files.writeString(model.resolve("manifest.json"), "{}");
        Path some = folder.resolve("some.jsonl");
        Files.write(some, Files.readAllLines(pairs).subList(0, 100));
        Path out = folder.resolve("out");
        assertThat(finetune(some, "--out", "" + out, "--compare-base").code()).isZero();
        for (String written : List.of("model", "from-scratch")) {
            JsonNode lineage = JSON.readTree(out.resolve(written).resolve("lineage.json").toFile());
            assertThat(lineage.path("from").asText()).isEqualTo("" + model);
            assertThat(lineage.at("/base/given").asText()).isEqualTo("" + model);
            assertThat(lineage.at("/base/release").asText()).isEqualTo("release-7");
            // sha256sum of the two bytes.
            assertThat(lineage.at("/base/manifestSha256").asText())
                    .isEqualTo("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        }
        // What was tuned has a manifest, and no release's id.
        Path again = folder.resolve("again");
        CommandRun run =
                CommandRun.of(
                        "",
                        "finetune",
                        "--model",
                        "" + out.resolve("model"),
                        "--pairs",
                        "" + some,
                        "--out",
                        "" + again);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode base = JSON.readTree(again.resolve("model/lineage.json").toFile()).path("base");
        assertThat(base.path("release").isNull()).isTrue();
        assertThat(base.path("manifestSha256").asText()).hasSize(64);
    }

    @Test
    void aQuestionIsAPairForEachOtherOption() throws IOException {
        Path questions = questions();
        Path out = folder.resolve("out");
        CommandRun run = finetune(questions, "--out", "" + out);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        int test = report.path("testPairs").asInt();
        assertThat(report.path("trainPairs").asInt() + test).isEqualTo(80);
        // A question is on one side.
        assertThat(test).isPositive().isEven();
    }

    @Test
    void comparisonsOfOneRowAreNoTrialsOfTheirOwn() throws IOException {
        Path questions = questions();
        Path out = folder.resolve("out");
        CommandRun run =
                finetune(
                        questions,
                        "--test",
                        "" + questions,
                        "--out",
                        "" + out,
                        "--compare-base",
                        "--curve",
                        "20",
                        "--seeds",
                        "1");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode report = JSON.readTree(out.resolve("report.json").toFile());
        for (JsonNode one : report.path("runs")) {
            String written =
                    one.path("model").asText().equals("pre-trained") ? "model" : "from-scratch";
            JsonNode judged = evaluated(out.resolve(written), questions);
            assertThat(judged.path("interval").asText()).endsWith("over-rows");
            assertThat(one.path("accuracy")).isEqualTo(judged);
        }
        for (JsonNode one : report.path("curveRuns")) {
            assertThat(one.at("/accuracy/interval").asText()).endsWith("over-rows");
        }
        assertThat(out.resolve("report.md")).content().contains(" over rows | 0 of ");
        assertThat(out.resolve("model/README.md")).content().contains("interval: ");
    }

    private JsonNode evaluated(Path tuned, Path data) throws IOException {
        CommandRun run =
                CommandRun.of(
                        "",
                        "evaluate",
                        "pairs",
                        "--model",
                        "" + tuned,
                        "--data",
                        "" + data,
                        "--out",
                        "" + folder.resolve("evaluated"),
                        "--json");
        assertThat(run.code()).as(run.err()).isZero();
        return JSON.readTree(run.out()).path("accuracy");
    }

    /** Forty questions of three options, in ReClor's layout, and a model that takes them. */
    private Path questions() throws IOException {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            rows.add(
                    "{\"context\": \"x\", \"question\": \"%d?\", \"answers\": [\"a\", \"b\", \"c\"], \"label\": %d, \"id_string\": \"train_%d\"}"
                            .formatted(i, i % 3, i));
        }
        model = RandomModel.write(folder.resolve("wide"), 320, Heads.BOTH);
        return Files.write(folder.resolve("train.jsonl"), rows);
    }

    @Test
    void aBenchmarkIsNothingToTuneOn() throws IOException {
        Path judgeBench =
                Files.writeString(
                        folder.resolve("judge.jsonl"),
                        "{\"pair_id\": \"p\", \"source\": \"s\", \"question\": \"q\","
                            + " \"response_A\": \"a\", \"response_B\": \"b\", \"label\": \"A>B\"}");
        CommandRun run = finetune(judgeBench, "--out", "" + folder.resolve("out"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint())
                .contains(judgeBench + ": expected pairs, found rows of the benchmark judge-bench");
    }

    @Test
    void gradientsThatAreNoNumberEndItWithTheKeysOfThePairs() throws IOException {
        ModelBundle bundle = ModelBundle.open(model);
        try (DecoderModel huge = bundle.model()) {
            // Rewards stay numbers; the gradient's norm, squares of 1e30, does not.
            huge.parameters().get("score.weight").muli(1e30f);
            huge.save(model.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        }
        CommandRun run =
                finetune(pairs, "--out", "" + folder.resolve("out"), "--max-bad-steps", "2");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.complaint())
                .contains(pairs + ": loss ")
                .contains("in 2 steps in a row (--max-bad-steps): step ")
                .contains(" with row ");
    }

    @Test
    void whatCanNotBeIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path out = folder.resolve("out");
        assertRefused(out, "--learning-rate=0.0 must be above 0", "--learning-rate", "0");
        assertRefused(out, "--warmup=1.0 must be in [0, 1)", "--warmup", "1");
        assertRefused(out, "--batch=0 must be at least 1", "--batch", "0");
        assertRefused(out, "--holdout=1.0 must be between 0 and 1", "--holdout", "1");
        assertRefused(
                out,
                "--holdout=0.2 takes some of --pairs to judge by, which --test=" + pairs,
                "--holdout",
                "0.2",
                "--test",
                "" + pairs);
        assertRefused(
                out,
                "--seeds=2 is how often each point of --curve is run, which isn't given",
                "--seeds",
                "2");
        assertRefused(out, "--seeds=0 must be at least 1", "--seeds", "0", "--curve", "10");
        assertRefused(out, "--recipe=x is none of [math-shepherd,", "--recipe", "x");
        assertRefused(out, "--curve=0 must be at least 1", "--curve", "10,0");
        assertThat(out).doesNotExist();
        assertRefused(out, "--curve=5,000: " + pairs + " has 1,0", "--curve", "5000");
        Path nowhere = folder.resolve("nowhere");
        CommandRun noModel =
                CommandRun.of(
                        "",
                        "finetune",
                        "--model",
                        "" + nowhere,
                        "--pairs",
                        "" + pairs,
                        "--out",
                        "" + out);
        assertThat(noModel.complaint()).endsWith("--model=" + nowhere + " is no folder");
    }

    private void assertRefused(Path out, String complaint, String... options) {
        String[] all = new String[options.length + 2];
        all[0] = "--out";
        all[1] = out.toString();
        System.arraycopy(options, 0, all, 2, options.length);
        CommandRun run = finetune(pairs, all);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.complaint()).contains(complaint);
    }

    private byte[] tunedWeights(String name, String seed) throws IOException {
        Path out = folder.resolve(name);
        Path some = folder.resolve("some.jsonl");
        Files.write(some, Files.readAllLines(pairs).subList(0, 100));
        assertThat(finetune(some, "--out", "" + out, "--seed", seed).code()).isZero();
        return Files.readAllBytes(out.resolve("model").resolve(ModelBundle.WEIGHTS));
    }

    private static double margin(String line) {
        try {
            return JSON.readTree(line).path("margin").asDouble();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private CommandRun finetune(Path file, String... options) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "finetune",
                                "--model",
                                model.toString(),
                                "--pairs",
                                file.toString(),
                                "--learning-rate",
                                "5e-3",
                                "--batch",
                                "16"));
        List<String> own = List.of(options);
        for (String replaced : List.of("--learning-rate", "--batch")) {
            if (own.contains(replaced)) {
                int at = all.indexOf(replaced);
                all.subList(at, at + 2).clear();
            }
        }
        all.addAll(own);
        return CommandRun.of("", all.toArray(String[]::new));
    }
}
