package io.prefstream.model;

import io.prefstream.model.tokenizer.TokenizerFiles;
import io.prefstream.model.weights.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The model of the local demonstration: about a million parameters, untrained, with a tokenizer
 * trained on the sources of well-known Java libraries and Python's standard library. Too small to
 * be of use beyond showing that the pipeline learns.
 */
public final class DemoModel {
    private DemoModel() {}

    /** Writes an untrained bundle into {@code folder}; the same seed gives the same bytes. */
    public static ModelBundle writeTo(Path folder, long seed) throws IOException {
        writeTokenizer(folder);
        ModelConfig config = config();
        try (DecoderModel model = DecoderModel.initialize(config, seed)) {
            model.save(folder.resolve(ModelBundle.WEIGHTS), SafeTensors.Type.F32);
        }
        return new ModelBundle(folder, config);
    }

    /** The configuration, without writing anything. */
    public static ModelConfig config() throws IOException {
        try (InputStream in = open(ModelBundle.CONFIG)) {
            return ModelConfig.parse(in.readAllBytes(), "demo/" + ModelBundle.CONFIG);
        }
    }

    /** Writes everything of the bundle but the weights: enough to count tokens with. */
    public static void writeTokenizer(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name :
                new String[] {
                    ModelBundle.TOKENIZER, ModelBundle.TOKENIZER_CONFIG, ModelBundle.CONFIG
                }) {
            copy(name, folder.resolve(name));
        }
        TokenIds tokens = config().tokens();
        TokenizerFiles.read(folder)
                .complete(tokens.endOfSequence().get(0), tokens.padding().orElseThrow());
    }

    /** Copies a file that comes with the project. */
    static void copy(String name, Path target) throws IOException {
        try (InputStream in = open(name)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static InputStream open(String name) {
        InputStream in = DemoModel.class.getResourceAsStream("demo/" + name);
        if (in == null) {
            throw new IllegalStateException("demo/" + name + " is missing from the jar");
        }
        return in;
    }
}
