package io.prefstream.model.engine;

import ai.djl.ndarray.types.Shape;

import io.prefstream.model.DemoModel;
import io.prefstream.model.Heads;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.kernels.EngineKernels.Weights;
import io.prefstream.model.weights.SafeTensors;
import io.prefstream.model.weights.SafeTensorsWriter;
import io.prefstream.peers.Load;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;

/**
 * Gets a comparison ready: draws a model folder unless there is one, writes the same weights as
 * GGUF, measures the memory. Arguments: folder results key=value...
 *
 * <p>Drawn weights are bfloat16 numbers, also in a file of {@code type=F32}, which every engine
 * reads exactly (but for the tiniest ones, which become 16-bit floats with an error of 3e-8). Their
 * sizes are such that attention and MLP move the residual stream as in a trained model, and norms
 * and biases are no ones and zeros: a text then depends on every parameter, and greedy texts that
 * are equal mean something.
 */
public final class Prepare {
    private Prepare() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Path results = Path.of(args[1]);
        Load load = Load.of(args, results);
        String shape = Load.text(args, "shape", "demo");
        if (!Files.exists(folder.resolve(ModelBundle.CONFIG))) {
            SafeTensors.Type type = SafeTensors.Type.valueOf(Load.text(args, "type", "BF16"));
            draw(folder, EngineBenchmark.config(shape).withHeads(Heads.LANGUAGE), type);
        }
        ModelConfig config = ModelConfig.read(folder.resolve(ModelBundle.CONFIG));
        Files.createDirectories(results);
        Path gguf = Path.of(Load.text(args, "gguf", folder.resolve("model-f16.gguf").toString()));
        if (!Files.exists(gguf)) {
            GgufFile.write(config, folder, gguf);
        }
        Properties facts = new Properties();
        facts.setProperty(
                "weight-bytes",
                Long.toString(EngineBenchmark.bytesPerStep(config, Weights.FLOAT16)));
        facts.setProperty(
                "read-bytes-per-second",
                Double.toString(ReadBandwidth.measure(load.threads())));
        facts.setProperty(
                "load",
                String.format(
                        Locale.ROOT,
                        "%,d parameters, %d prompt and %d new tokens, greedy, %d threads.",
                        config.parameterCount(),
                        load.prompt(),
                        load.fresh(),
                        load.threads()));
        facts.setProperty("vocabulary", Integer.toString(config.vocabSize()));
        try (Writer out = Files.newBufferedWriter(results.resolve("facts.properties"))) {
            facts.store(out, null);
        }
        System.out.println(config.vocabSize());
    }

    private static void draw(Path folder, ModelConfig config, SafeTensors.Type type)
            throws IOException {
        // One of the peers wants a tokenizer to be there; nobody uses it.
        DemoModel.writeTokenizer(folder);
        SplittableRandom random = new SplittableRandom(1);
        SafeTensorsWriter writer = new SafeTensorsWriter(type);
        for (Map.Entry<String, Shape> parameter : config.parameterShapes().entrySet()) {
            String name = parameter.getKey();
            Shape shape = parameter.getValue();
            writer.add(name, shape.getShape(), () -> values(random, name, shape));
        }
        writer.write(folder.resolve(ModelBundle.WEIGHTS));
        Files.write(
                folder.resolve(ModelBundle.CONFIG),
                config.toJson().getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer values(SplittableRandom random, String name, Shape shape) {
        boolean vector = shape.dimension() == 1;
        double mean = vector && name.endsWith("norm.weight") ? 1 : 0;
        double deviation = vector ? 0.1 : 1 / Math.sqrt(shape.get(1));
        ByteBuffer values =
                ByteBuffer.allocate(Math.toIntExact(shape.size() * 4))
                        .order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            float value = (float) (mean + deviation * random.nextGaussian());
            values.putFloat(Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff_0000));
        }
        return values.flip();
    }
}
