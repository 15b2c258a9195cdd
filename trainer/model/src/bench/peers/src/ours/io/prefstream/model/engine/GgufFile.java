package io.prefstream.model.engine;

import ai.djl.ndarray.types.Shape;

import io.prefstream.model.ModelConfig;
import io.prefstream.model.ModelFamily;
import io.prefstream.model.weights.WeightFiles;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a Qwen2 as GGUF version 3 (ggml's docs/gguf.md): matrices as 16-bit floats, vectors as
 * 32-bit ones, one tensor in memory at a time.
 *
 * <p>The vocabulary is not the model's: token 12 is the text {@code #12}, so that a text that comes
 * back tells its tokens exactly, which a real vocabulary's bytes and subwords don't. Prompts must
 * be given as token numbers. The padding token is declared to end texts, as no model generates it.
 */
final class GgufFile {
    private static final int MAGIC = 0x46554747;
    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    /** Value types. */
    private static final int UINT32 = 4;

    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /** Tensor types. */
    private static final int F32 = 0;

    private static final int F16 = 1;

    private static final int NORMAL_TOKEN = 1;

    private static final Map<String, String> LAYER_NAMES =
            Map.ofEntries(
                    Map.entry("input_layernorm", "attn_norm"),
                    Map.entry("self_attn.q_proj", "attn_q"),
                    Map.entry("self_attn.k_proj", "attn_k"),
                    Map.entry("self_attn.v_proj", "attn_v"),
                    Map.entry("self_attn.o_proj", "attn_output"),
                    Map.entry("post_attention_layernorm", "ffn_norm"),
                    Map.entry("mlp.gate_proj", "ffn_gate"),
                    Map.entry("mlp.up_proj", "ffn_up"),
                    Map.entry("mlp.down_proj", "ffn_down"));

    private final Little metadata = new Little();
    private int entries;

    private GgufFile() {}

    static void write(ModelConfig config, Path folder, Path target) throws IOException {
        if (config.family() != ModelFamily.QWEN2) {
            throw new IllegalArgumentException(config.family() + ": only QWEN2 is written");
        }
        GgufFile file = new GgufFile();
        file.describe(config);
        file.nameTokens(config);
        Map<String, Shape> tensors = new LinkedHashMap<>(config.parameterShapes());
        tensors.remove(ModelConfig.SCORE);
        Path unfinished = target.resolveSibling(target.getFileName() + ".writing");
        try (WeightFiles weights = WeightFiles.open(folder);
                OutputStream out = Files.newOutputStream(unfinished)) {
            out.write(file.header(tensors));
            for (Map.Entry<String, Shape> tensor : tensors.entrySet()) {
                ByteBuffer floats = weights.readFloats(tensor.getKey());
                byte[] bytes = encoded(tensor.getKey(), floats, type(tensor.getValue()));
                out.write(bytes);
                out.write(new byte[padding(bytes.length)]);
            }
        }
        Files.move(unfinished, target);
    }

    private void describe(ModelConfig config) throws IOException {
        string("general.architecture", "qwen2");
        string("general.name", "peers");
        uint32("general.file_type", F16);
        uint32("qwen2.block_count", config.layers());
        uint32("qwen2.context_length", config.maxPositionEmbeddings());
        uint32("qwen2.embedding_length", config.hiddenSize());
        uint32("qwen2.feed_forward_length", config.intermediateSize());
        uint32("qwen2.attention.head_count", config.attentionHeads());
        uint32("qwen2.attention.head_count_kv", config.keyValueHeads());
        uint32("qwen2.attention.key_length", config.headSize());
        uint32("qwen2.attention.value_length", config.headSize());
        uint32("qwen2.rope.dimension_count", config.headSize());
        float32("qwen2.rope.freq_base", (float) config.rotary().theta());
        float32("qwen2.attention.layer_norm_rms_epsilon", (float) config.rmsNormEps());
    }

    private void nameTokens(ModelConfig config) throws IOException {
        int vocabulary = config.vocabSize();
        string("tokenizer.ggml.model", "gpt2");
        string("tokenizer.ggml.pre", "qwen2");
        key("tokenizer.ggml.tokens", ARRAY).int32(STRING).int64(vocabulary);
        for (int token = 0; token < vocabulary; token++) {
            metadata.text("#" + token);
        }
        key("tokenizer.ggml.token_type", ARRAY).int32(INT32).int64(vocabulary);
        for (int token = 0; token < vocabulary; token++) {
            metadata.int32(NORMAL_TOKEN);
        }
        // A list that may be empty but must be there.
        key("tokenizer.ggml.merges", ARRAY).int32(STRING).int64(1).text("# 0");
        uint32("tokenizer.ggml.bos_token_id", config.padTokenId());
        uint32("tokenizer.ggml.eos_token_id", config.padTokenId());
        uint32("tokenizer.ggml.padding_token_id", config.padTokenId());
        key("tokenizer.ggml.add_bos_token", BOOL).write(0);
    }

    private byte[] header(Map<String, Shape> tensors) throws IOException {
        Little header = new Little();
        header.int32(MAGIC).int32(VERSION).int64(tensors.size()).int64(entries);
        metadata.writeTo(header);
        long offset = 0;
        for (Map.Entry<String, Shape> tensor : tensors.entrySet()) {
            long[] shape = tensor.getValue().getShape();
            header.text(name(tensor.getKey())).int32(shape.length);
            for (int i = shape.length - 1; i >= 0; i--) {
                header.int64(shape[i]);
            }
            int type = type(tensor.getValue());
            header.int32(type).int64(offset);
            long bytes = tensor.getValue().size() * (type == F16 ? 2 : 4);
            offset += bytes + padding(bytes);
        }
        header.write(new byte[padding(header.size())]);
        return header.toByteArray();
    }

    private static String name(String ours) {
        if (ours.equals(ModelConfig.EMBEDDING)) {
            return "token_embd.weight";
        } else if (ours.equals(ModelConfig.FINAL_NORM)) {
            return "output_norm.weight";
        } else if (!ours.startsWith("model.layers.")) {
            return "output.weight";
        }
        String[] parts = ours.split("\\.", 4);
        int dot = parts[3].lastIndexOf('.');
        String name = LAYER_NAMES.get(parts[3].substring(0, dot));
        return "blk." + parts[2] + "." + name + parts[3].substring(dot);
    }

    private static int type(Shape shape) {
        return shape.dimension() == 1 ? F32 : F16;
    }

    private static int padding(long bytes) {
        return (int) (-bytes & (ALIGNMENT - 1));
    }

    private static byte[] encoded(String name, ByteBuffer floats, int type) {
        int count = floats.remaining() / 4;
        ByteBuffer out =
                ByteBuffer.allocate(count * (type == F16 ? 2 : 4)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            float value = floats.getFloat(4 * i);
            if (type == F32) {
                out.putFloat(value);
            } else {
                out.putShort(half(name, value));
            }
        }
        return out.array();
    }

    /** Binary16, rounded to nearest, ties to even. */
    private static short half(String name, float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude >= 0x477f_f000) {
            throw new IllegalArgumentException(
                    "%s holds %s: 65504 is the largest 16-bit float".formatted(name, value));
        }
        if (magnitude < 0x3880_0000) {
            return (short) (sign | (int) Math.rint(Math.abs(value) * 0x1p24));
        }
        int rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
        return (short) (sign | ((rounded - (112 << 23)) >> 13));
    }

    private Little key(String key, int type) throws IOException {
        entries++;
        return metadata.text(key).int32(type);
    }

    private void string(String key, String value) throws IOException {
        key(key, STRING).text(value);
    }

    private void uint32(String key, int value) throws IOException {
        key(key, UINT32).int32(value);
    }

    private void float32(String key, float value) throws IOException {
        key(key, FLOAT32).int32(Float.floatToIntBits(value));
    }

    /** Little-endian bytes. */
    private static final class Little extends ByteArrayOutputStream {
        Little int32(int value) {
            for (int shift = 0; shift < 32; shift += 8) {
                write(value >> shift);
            }
            return this;
        }

        Little int64(long value) {
            return int32((int) value).int32((int) (value >> 32));
        }

        Little text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int64(bytes.length).write(bytes);
            return this;
        }
    }
}
