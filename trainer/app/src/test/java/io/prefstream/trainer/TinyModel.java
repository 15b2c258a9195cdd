package io.prefstream.trainer;

import io.prefstream.model.DecoderModel;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.TokenIds;
import io.prefstream.model.tokenizer.BpeTrainer;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A decoder of 20,000 parameters with a tokenizer learned from a file of pairs. */
public final class TinyModel {

    private static final int VOCABULARY = 320;

    private TinyModel() {}

    public static Path write(Path folder, Path pairs) throws IOException {
        Files.createDirectories(folder);
        BpeTrainer tokenizer = new BpeTrainer();
        for (String line : Files.readAllLines(pairs)) {
            tokenizer.add(line);
        }
        tokenizer
                .train(VOCABULARY, List.of("<|endoftext|>", "<|pad|>"))
                .write(folder.resolve(ModelBundle.TOKENIZER));
        Files.writeString(folder.resolve(ModelBundle.TOKENIZER_CONFIG), "{}");
        ModelConfig config =
                ModelConfig.qwen2(
                        VOCABULARY, 32, 64, 1, 2, 1, 64, true, TokenIds.of(0, 0, 1), 0.05);
        Files.writeString(folder.resolve(ModelBundle.CONFIG), config.toJson());
        try (DecoderModel model = DecoderModel.initialize(config, 1)) {
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        }
        return folder;
    }
}
