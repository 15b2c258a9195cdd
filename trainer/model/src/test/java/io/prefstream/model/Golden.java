package io.prefstream.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.engine.EngineOptions;
import io.prefstream.model.kernels.EngineKernels.Weights;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tiny models of every family, drawn by the reference, and the numbers that it and Hugging Face's
 * transformers computed of them.
 */
public enum Golden {
    QWEN2("qwen2"),
    QWEN3("qwen3"),
    LLAMA3("llama3"),
    LLAMA_WITH_BIASES("llama-with-biases"),
    DEEPSEEK_CODER("deepseek-coder"),
    MISTRAL("mistral");

    public static final int CONTEXT = 160;

    private final String directory;

    Golden(String directory) {
        this.directory = directory;
    }

    /**
     * What a reference says of one prompt.
     *
     * @param lastLogits after the last token
     * @param loss mean cross entropy of every token but the first
     * @param greedy the 64 most likely tokens after the prompt, one after another
     */
    public record Case(
            int[] prompt, double[] lastLogits, double loss, double reward, int[] greedy) {}

    public Path folder() {
        try {
            return Path.of(
                    Objects.requireNonNull(Golden.class.getResource("golden/" + directory))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public ModelConfig config() throws IOException {
        return ModelConfig.read(folder().resolve(ModelBundle.CONFIG));
    }

    public DecoderModel model() throws IOException {
        try (WeightFiles weights = WeightFiles.open(folder())) {
            return DecoderModel.load(config(), weights, Precision.F32, Devices.usual());
        }
    }

    /** As {@link #engineOptions(Weights)}, with the reference's 32-bit floats. */
    public static EngineOptions engineOptions() {
        return engineOptions(Weights.FLOAT32);
    }

    /**
     * Of the device that kernels are tested on: the processor, or what {@code -Dprefstream.device}
     * names; a test of weights that the device can't keep is skipped.
     */
    public static EngineOptions engineOptions(Weights weights) {
        String device = System.getProperty("prefstream.device", "cpu");
        assumeTrue(weights != Weights.FLOAT16 || device.equals("cpu"), device);
        return EngineOptions.of(device).withWeights(weights);
    }

    public List<Case> cases() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<Case> cases = new ArrayList<>();
        for (String numbers : List.of("golden.json", "transformers.json")) {
            for (JsonNode node : mapper.readTree(folder().resolve(numbers).toFile())) {
                cases.add(
                        new Case(
                                mapper.convertValue(node.get("prompt"), int[].class),
                                mapper.convertValue(node.get("last_logits"), double[].class),
                                node.get("loss").asDouble(),
                                node.get("reward").asDouble(),
                                mapper.convertValue(node.get("greedy"), int[].class)));
            }
        }
        return cases;
    }
}
