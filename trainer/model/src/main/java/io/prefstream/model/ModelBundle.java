package io.prefstream.model;

import ai.djl.Device;
import io.prefstream.model.tokenizer.CodeTokenizer;
import io.prefstream.model.tokenizer.TokenizerFiles;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.SafeTensorsWriter;
import io.prefstream.model.weights.WeightFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model folder in Hugging Face layout: {@code config.json}, {@code tokenizer.json}, {@code
 * tokenizer_config.json}, {@code model.safetensors} or its shards.
 */
public record ModelBundle(Path folder, ModelConfig config) {
    public static final String CONFIG = "config.json";
    public static final String TOKENIZER = "tokenizer.json";
    public static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    public static final String WEIGHTS = WeightFiles.SINGLE;

    /** What makes tokens of texts; all but the first may be missing. */
    public static final List<String> TEXT_FILES =
            List.of(TOKENIZER, TOKENIZER_CONFIG, "chat_template.jinja");

    /** Reads the configuration and checks that the other files are there. */
    public static ModelBundle open(Path folder) throws IOException {
        for (String name : new String[] {CONFIG, TOKENIZER}) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw missing(folder, name);
            }
        }
        if (!WeightFiles.in(folder)) {
            throw missing(folder, WEIGHTS);
        }
        return new ModelBundle(folder, ModelConfig.read(folder.resolve(CONFIG)));
    }

    public CodeTokenizer tokenizer() throws IOException {
        return CodeTokenizer.read(folder.resolve(TOKENIZER), config.vocabSize());
    }

    public DecoderModel model() throws IOException {
        return model(Precision.F32);
    }

    /** The first twelve hex digits of the weights' SHA-256: reads every byte of them. */
    public String revision() throws IOException {
        return WeightFiles.digest(folder).substring(0, 12);
    }

    /** The weights, to compute with this precision. */
    public DecoderModel model(Precision precision) throws IOException {
        return model(precision, Devices.usual());
    }

    /** The weights on a device, to compute with this precision. */
    public DecoderModel model(Precision precision, Device device) throws IOException {
        try (WeightFiles weights = WeightFiles.open(folder)) {
            return DecoderModel.load(config, weights, precision, device);
        }
    }

    /**
     * The weights of a model without a reward head, and one that is drawn. A model whose
     * configuration names no padding token, or an end of sequence, gets another one by {@link
     * TokenizerFiles#padding}.
     *
     * @throws UnsupportedModelException if there is none
     */
    public DecoderModel modelWithNewRewardHead(Precision precision, Device device, long seed)
            throws IOException {
        ModelConfig headed = config.withNewRewardHead(padding());
        try (WeightFiles weights = WeightFiles.open(folder)) {
            return DecoderModel.loadWithNewRewardHead(headed, weights, precision, device, seed);
        }
    }

    private int padding() throws IOException {
        List<Integer> ends = config.tokens().endOfSequence();
        OptionalInt given = config.tokens().padding();
        if (given.isPresent() && !ends.contains(given.getAsInt())) {
            return given.getAsInt();
        }
        return TokenizerFiles.read(folder)
                .padding(ends, config.vocabSize())
                .orElseThrow(
                        () ->
                                new UnsupportedModelException(
                                        "%s: pad_token_id=%s: a reward model needs a token that no text has, and %s has none to spare; write the id of one into %s"
                                                .formatted(
                                                        folder.resolve(CONFIG),
                                                        given.isPresent()
                                                                ? given.getAsInt() + " (EOS)"
                                                                : "null",
                                                        TOKENIZER,
                                                        CONFIG)));
    }

    /**
     * Writes a bundle of {@code model} with this bundle's tokenizer, to whose files {@link
     * TokenizerFiles#complete} adds what a reward model's lack, its weights in shards if they are
     * over 5 GB. For a folder that appears at once, write beside it and rename.
     */
    public ModelBundle writeWith(DecoderModel model, Path target, SafeTensors.Type type)
            throws IOException {
        return writeWith(model, target, type, model.config().heads());
    }

    /** As {@link #writeWith(DecoderModel, Path, SafeTensors.Type)}, with these heads alone. */
    public ModelBundle writeWith(
            DecoderModel model, Path target, SafeTensors.Type type, Heads heads)
            throws IOException {
        ModelConfig config = model.config().withHeads(heads);
        Files.createDirectories(target);
        for (String name : TEXT_FILES) {
            Path file = folder.resolve(name);
            if (name.equals(TOKENIZER) || Files.exists(file)) {
                Files.copy(file, target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (heads.reward()) {
            TokenizerFiles.read(target).complete(config.eosTokenId(), config.padTokenId());
        }
        model.writer(type, heads).writeTo(target, SafeTensorsWriter.SHARD_BYTES);
        Files.write(target.resolve(CONFIG), config.toJson(type).getBytes(StandardCharsets.UTF_8));
        return new ModelBundle(target, config);
    }

    private static NoSuchFileException missing(Path folder, String name) {
        return new NoSuchFileException(
                folder.toString(), null, "no model bundle: %s is missing".formatted(name));
    }
}
