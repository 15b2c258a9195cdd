package io.prefstream.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * Decoder families by the names of Hugging Face transformers. DeepSeek-Coder is a {@link #LLAMA}
 * with linear rotary scaling; Llama 2 and 3 and Qwen 2 and 2.5 differ in their sizes only.
 */
public enum ModelFamily {
    /** Biases on q, k and v. */
    QWEN2("qwen2", "Qwen2"),
    /** RMS norms of each head's q and k; a head size of its own. */
    QWEN3("qwen3", "Qwen3"),
    LLAMA("llama", "Llama"),
    MISTRAL("mistral", "Mistral");

    private final String modelType;
    private final String prefix;

    ModelFamily(String modelType, String prefix) {
        this.modelType = modelType;
        this.prefix = prefix;
    }

    /** The {@code model_type} of {@code config.json}. */
    public String modelType() {
        return modelType;
    }

    String causalArchitecture() {
        return prefix + "ForCausalLM";
    }

    String classifierArchitecture() {
        return prefix + "ForSequenceClassification";
    }

    static Optional<ModelFamily> ofType(String modelType) {
        return Arrays.stream(values()).filter(f -> f.modelType.equals(modelType)).findFirst();
    }
}
