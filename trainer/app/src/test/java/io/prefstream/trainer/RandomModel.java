package io.prefstream.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.prefstream.model.DecoderModel;
import io.prefstream.model.Heads;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.ModelFamily;
import io.prefstream.model.Rotary;
import io.prefstream.model.TokenIds;
import io.prefstream.model.tokenizer.BpeTrainer;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A decoder of random weights that says something else to every prompt. */
public final class RandomModel {
    private static final int VOCABULARY = 300;

    private static final String TEMPLATE =
            "{% for message in messages %}{% if message.role == 'tool' %}"
                    + "{{ raise_exception('no tools here') }}{% endif %}"
                    + "{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:";

    private RandomModel() {}

    /**
     * A release as a trainer publishes it, in a folder of releases.
     *
     * @param name of its folder, by which it is newer than others
     * @param seed of its weights
     */
    public static Path release(Path releases, String name, long seed, String lineage)
            throws IOException {
        try (CheckpointFolder.Unfinished release = new CheckpointFolder(releases).begin(name)) {
            write(release.path(), 128, Heads.BOTH, seed);
            Files.writeString(release.path().resolve("lineage.json"), lineage);
            release.seal();
            return release.replace(name);
        }
    }

    /** One with both heads and a chat template. */
    public static Path write(Path folder, int context) throws IOException {
        Path written = write(folder, context, Heads.BOTH);
        Files.writeString(
                folder.resolve(ModelBundle.TOKENIZER_CONFIG),
                new ObjectMapper().writeValueAsString(Map.of("chat_template", TEMPLATE)));
        return written;
    }

    /** One with these heads and without a chat template. */
    public static Path write(Path folder, int context, Heads heads) throws IOException {
        return write(folder, context, heads, 1);
    }

    /** One whose weights another seed gives. */
    public static Path write(Path folder, int context, Heads heads, long seed) throws IOException {
        Files.createDirectories(folder);
        BpeTrainer trainer = new BpeTrainer();
        trainer.add("public static void main(String[] args) { return a + b; } größer 漢字 😀 ");
        trainer.train(VOCABULARY, List.of("<|end|>", "<|pad|>"))
                .write(folder.resolve(ModelBundle.TOKENIZER));
        ModelConfig config =
                new ModelConfig(
                        ModelFamily.QWEN2,
                        heads,
                        VOCABULARY,
                        16,
                        32,
                        2,
                        4,
                        2,
                        4,
                        context,
                        Rotary.unscaled(10_000),
                        1e-6,
                        false,
                        true,
                        false,
                        TokenIds.of(0, 0, 1),
                        0.4);
        Files.writeString(folder.resolve(ModelBundle.CONFIG), config.toJson());
        try (DecoderModel model = DecoderModel.initialize(config, seed)) {
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        }
        return folder;
    }
}
