package io.prefstream.peers;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.KvBufferCache;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Jlama by its public steps: the prompt as one batch, then a token at a time. It has no batching of
 * several texts, and a model object fails when two threads are in it: requests take turns at {@code
 * models} objects, which map the same weights and share the library's workers.
 *
 * <p>Arguments: folder results key=value...; {@code prompt-batch=false} feeds the prompt token by
 * token, which is right with its native kernels, too; {@code working=BF16} narrows activations to
 * the weights' type.
 */
public final class Jlama implements Peer {
    /** A model and its caches, for one request at a time. */
    private record Place(AbstractModel model, KvBufferCache caches) {}

    private final BlockingQueue<Place> places;
    private final boolean batch;

    private Jlama(int models, boolean batch) {
        places = new ArrayBlockingQueue<>(models);
        this.batch = batch;
    }

    public static void main(String[] args) throws Exception {
        Load load = Load.of(args, Path.of(args[1]));
        int models = Load.number(args, "models", 1);
        DType working = DType.valueOf(Load.text(args, "working", "F32"));
        boolean batch = Boolean.parseBoolean(Load.text(args, "prompt-batch", "true"));
        Jlama peer = new Jlama(models, batch);
        for (int i = 0; i < models; i++) {
            AbstractModel model =
                    ModelSupport.loadModel(
                            Path.of(args[0]).toFile(),
                            null,
                            DType.F32,
                            working,
                            Optional.empty(),
                            // Its workers are the process's, and told once how many they are.
                            i == 0 ? Optional.of(load.threads()) : Optional.empty());
            peer.places.add(new Place(model, new KvBufferCache(model)));
        }
        load.measure(Load.text(args, "name", "Jlama"), peer);
        // Its workers are no daemons.
        System.exit(0);
    }

    @Override
    public void open(int concurrency) {}

    @Override
    public int[] generate(int[] prompt, int fresh) throws InterruptedException {
        Place place = places.take();
        try {
            return generate(place, prompt, fresh);
        } finally {
            places.add(place);
        }
    }

    private int[] generate(Place place, int[] prompt, int fresh) {
        AbstractModel model = place.model;
        int[] tokens = new int[fresh];
        try (KvBufferCache.KvBuffer cache = place.caches.getEphemeralKvBuffer();
                AbstractTensor logits = model.makeDenseTensor(model.getConfig().vocabularySize)) {
            AbstractTensor last = prefill(model, prompt, cache);
            for (int i = 0; i < fresh; i++) {
                tokens[i] = model.sample(last.slice(last.shape().first() - 1), 0f, 0f, logits);
                last.close();
                if (i + 1 < fresh) {
                    last = model.forward(tokens[i], prompt.length + i, cache, Optional.empty());
                }
            }
        }
        return tokens;
    }

    private AbstractTensor prefill(
            AbstractModel model, int[] prompt, KvBufferCache.KvBuffer cache) {
        if (batch) {
            return model.batchForward(prompt, 0, cache);
        }
        AbstractTensor last = model.forward(prompt[0], 0, cache, Optional.empty());
        for (int i = 1; i < prompt.length; i++) {
            last.close();
            last = model.forward(prompt[i], i, cache, Optional.empty());
        }
        return last;
    }

    @Override
    public void close() {}
}
