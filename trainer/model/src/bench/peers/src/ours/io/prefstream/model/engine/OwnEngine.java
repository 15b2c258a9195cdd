package io.prefstream.model.engine;

import io.prefstream.generation.FinishReason;
import io.prefstream.generation.Sampling;
import io.prefstream.model.ModelBundle;
import io.prefstream.model.ModelConfig;
import io.prefstream.model.kernels.EngineKernels.Weights;
import io.prefstream.peers.Load;
import io.prefstream.peers.Peer;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * This project's engine, as jobs run it but for the texts. Arguments: folder results key=value...
 */
public final class OwnEngine implements Peer {
    private final ModelConfig config;
    private final Path folder;
    private final EngineOptions options;
    private GenerationEngine engine;

    private OwnEngine(ModelConfig config, Path folder, EngineOptions options) {
        this.config = config;
        this.folder = folder;
        this.options = options;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Load load = Load.of(args, Path.of(args[1]));
        Weights weights = Weights.valueOf(Load.text(args, "weights", "FLOAT16"));
        EngineOptions options =
                new EngineOptions(weights, 64, 512, 768L << 20, 16, 4096, load.threads(), "cpu");
        ModelConfig config = ModelConfig.read(folder.resolve(ModelBundle.CONFIG));
        load.measure("prefstream", new OwnEngine(config, folder, options));
    }

    @Override
    public void open(int concurrency) throws Exception {
        engine = new GenerationEngine(config, folder, "peers", options);
    }

    @Override
    public int[] generate(int[] prompt, int fresh) throws Exception {
        Collecting text = new Collecting(new int[fresh]);
        engine.submit(
                new Sequence(
                        prompt,
                        new Sequence.Continue(Sampling.GREEDY, fresh, Set.of(), 0, -1, text),
                        "",
                        System.nanoTime(),
                        Long.MAX_VALUE));
        return text.done.get();
    }

    @Override
    public void close() {
        engine.close();
    }

    private static final class Collecting implements TokenListener {
        final CompletableFuture<int[]> done = new CompletableFuture<>();
        private final int[] tokens;
        private int length;

        Collecting(int[] tokens) {
            this.tokens = tokens;
        }

        @Override
        public boolean token(Chosen chosen, List<Chosen> top) {
            tokens[length++] = chosen.token();
            return false;
        }

        @Override
        public void finished(FinishReason reason, String model) {
            done.complete(java.util.Arrays.copyOf(tokens, length));
        }

        @Override
        public void failed(Throwable why) {
            done.completeExceptionally(why);
        }
    }
}
