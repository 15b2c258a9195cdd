package io.prefstream.peers;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import de.kherud.llama.args.Sampler;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * llama.cpp's server by its Java binding: as many slots as requests at once, continuous batching.
 * Arguments: GGUF-file results key=value...; {@code cache=F32} keeps keys and values in 32 bits,
 * {@code log=true} prints what it prints.
 */
public final class LlamaCpp implements Peer {
    /** Free room of a slot: the server shifts or stops a text that reaches its slot's end. */
    private static final int SPARE = 32;

    private final String file;
    private final Load load;
    private final CacheType cache;
    private final boolean log;
    private LlamaModel model;

    private LlamaCpp(String file, Load load, CacheType cache, boolean log) {
        this.file = file;
        this.load = load;
        this.cache = cache;
        this.log = log;
    }

    public static void main(String[] args) throws Exception {
        Load load = Load.of(args, Path.of(args[1]));
        CacheType cache = CacheType.valueOf(Load.text(args, "cache", "F16"));
        boolean log = Boolean.parseBoolean(Load.text(args, "log", "false"));
        load.measure("llama.cpp", new LlamaCpp(args[0], load, cache, log));
        // The library's own threads don't end, and an orderly exit waits for them.
        Runtime.getRuntime().halt(0);
    }

    @Override
    public void open(int concurrency) {
        ModelParameters parameters =
                new ModelParameters()
                        .setModel(file)
                        .setThreads(load.threads())
                        .setThreadsBatch(load.threads())
                        .setParallel(concurrency)
                        .enableContBatching()
                        .setCacheTypeK(cache)
                        .setCacheTypeV(cache)
                        .setCtxSize(concurrency * (load.longest() + SPARE));
        if (!log) {
            parameters.disableLog();
        }
        model = new LlamaModel(parameters);
    }

    @Override
    public int[] generate(int[] prompt, int fresh) throws Exception {
        InferenceParameters parameters =
                new InferenceParameters("")
                        .setNPredict(fresh)
                        .setIgnoreEos(true)
                        .setCachePrompt(false)
                        .setSamplers(Sampler.TOP_K)
                        .setTopK(1)
                        .setTemperature(0);
        setTokens(parameters, prompt);
        String text = model.complete(parameters);
        return Arrays.stream(text.substring(1).split("#")).mapToInt(Integer::parseInt).toArray();
    }

    /** The server takes token numbers as a prompt; the binding's setter takes a text only. */
    @SuppressWarnings("unchecked")
    private static void setTokens(InferenceParameters parameters, int[] tokens) throws Exception {
        Field json = InferenceParameters.class.getSuperclass().getDeclaredField("parameters");
        json.setAccessible(true);
        ((Map<String, String>) json.get(parameters)).put("prompt", Arrays.toString(tokens));
    }

    @Override
    public void close() {
        model.close();
    }
}
