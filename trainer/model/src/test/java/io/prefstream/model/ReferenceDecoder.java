package io.prefstream.model;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The decoder written again from the definitions, in doubles, one token and one head at a time,
 * without padding or batches: what the kernels are compared with.
 */
final class ReferenceDecoder {
    private final ModelConfig config;
    final Map<String, double[]> weights = new LinkedHashMap<>();

    ReferenceDecoder(DecoderModel model) {
        config = model.config();
        for (Map.Entry<String, NDArray> parameter : model.parameters().entrySet()) {
            float[] values = parameter.getValue().toFloatArray();
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            weights.put(parameter.getKey(), wide);
        }
    }

    double[][] hidden(int[] ids) {
        int width = config.hiddenSize();
        double[][] x = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            x[t] = new double[width];
            System.arraycopy(
                    weights.get("model.embed_tokens.weight"), ids[t] * width, x[t], 0, width);
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "model.layers." + layer + ".";
            double[][] attended = attention(x, prefix);
            for (int t = 0; t < x.length; t++) {
                x[t] = sum(x[t], attended[t]);
                double[] h = norm(x[t], prefix + "post_attention_layernorm.weight");
                double[] gate = linear(h, prefix + "mlp.gate_proj", config.intermediateSize());
                double[] up = linear(h, prefix + "mlp.up_proj", config.intermediateSize());
                for (int i = 0; i < gate.length; i++) {
                    gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
                }
                x[t] = sum(x[t], linear(gate, prefix + "mlp.down_proj", width));
            }
        }
        double[][] out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            out[t] = norm(x[t], "model.norm.weight");
        }
        return out;
    }

    double reward(int[] ids) {
        return dot(hidden(ids)[ids.length - 1], weights.get("score.weight"), 0);
    }

    double[] logits(double[] hidden) {
        String head = config.tieWordEmbeddings() ? "model.embed_tokens" : "lm_head";
        return linear(hidden, head, config.vocabSize());
    }

    /** The preference loss over {@code pairs}, as its definition says. */
    double loss(PreferenceLoss loss, List<EncodedPair> pairs) {
        double reward = 0;
        double squares = 0;
        double entropy = 0;
        int tokens = 0;
        for (EncodedPair pair : pairs) {
            double chosen = reward(pair.chosen().ids());
            double rejected = reward(pair.rejected().ids());
            reward += pair.weight() * Math.log1p(Math.exp(-(chosen - rejected - loss.margin())));
            squares += pair.weight() * (chosen * chosen + rejected * rejected);
            int[] ids = pair.chosen().ids();
            double[][] hidden = hidden(ids);
            for (int t = pair.chosen().promptTokens(); t < ids.length; t++) {
                double[] logits = logits(hidden[t - 1]);
                double total = 0;
                for (double logit : logits) {
                    total += Math.exp(logit);
                }
                entropy += pair.weight() * (Math.log(total) - logits[ids[t]]);
                tokens++;
            }
        }
        return loss.rewardWeight() * reward / pairs.size()
                + loss.languageWeight() * entropy / tokens
                + loss.magnitudePenalty() * squares / (2 * pairs.size());
    }

    private double[][] attention(double[][] x, String prefix) {
        int size = config.headSize();
        int kv = config.keyValueHeads() * size;
        double[][] q = new double[x.length][];
        double[][] k = new double[x.length][];
        double[][] v = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] h = norm(x[t], prefix + "input_layernorm.weight");
            q[t] = linear(h, prefix + "self_attn.q_proj", config.attentionHeads() * size);
            q[t] = rotate(headNorm(q[t], prefix + "self_attn.q_norm.weight"), t);
            k[t] = linear(h, prefix + "self_attn.k_proj", kv);
            k[t] = rotate(headNorm(k[t], prefix + "self_attn.k_norm.weight"), t);
            v[t] = linear(h, prefix + "self_attn.v_proj", kv);
        }
        int group = config.attentionHeads() / config.keyValueHeads();
        double[][] out = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            double[] heads = new double[config.attentionHeads() * size];
            for (int head = 0; head < config.attentionHeads(); head++) {
                int at = head / group * size;
                double[] weight = new double[t + 1];
                double total = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < size; i++) {
                        score += q[t][head * size + i] * k[s][at + i];
                    }
                    weight[s] = Math.exp(score / Math.sqrt(size));
                    total += weight[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < size; i++) {
                        heads[head * size + i] += weight[s] / total * v[s][at + i];
                    }
                }
            }
            out[t] = linear(heads, prefix + "self_attn.o_proj", config.hiddenSize());
        }
        return out;
    }

    /** Rotary positions as transformers has them: element i is paired with i + size/2. */
    private double[] rotate(double[] vector, int position) {
        int size = config.headSize();
        double[] out = vector.clone();
        for (int at = 0; at < vector.length; at += size) {
            for (int i = 0; i < size / 2; i++) {
                double angle = position * Math.pow(config.rotary().theta(), -2.0 * i / size);
                double a = vector[at + i];
                double b = vector[at + i + size / 2];
                out[at + i] = a * Math.cos(angle) - b * Math.sin(angle);
                out[at + i + size / 2] = b * Math.cos(angle) + a * Math.sin(angle);
            }
        }
        return out;
    }

    /** Each head by itself, in the families that have such a norm. */
    private double[] headNorm(double[] vector, String name) {
        if (!weights.containsKey(name)) {
            return vector;
        }
        int size = config.headSize();
        double[] out = new double[vector.length];
        for (int at = 0; at < vector.length; at += size) {
            double[] head = Arrays.copyOfRange(vector, at, at + size);
            System.arraycopy(norm(head, name), 0, out, at, size);
        }
        return out;
    }

    private double[] norm(double[] x, String name) {
        double square = 0;
        for (double value : x) {
            square += value * value;
        }
        double scale = 1 / Math.sqrt(square / x.length + config.rmsNormEps());
        double[] weight = weights.get(name);
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] * scale * weight[i];
        }
        return out;
    }

    private double[] linear(double[] x, String name, int outputs) {
        double[] weight = weights.get(name + ".weight");
        double[] bias = weights.get(name + ".bias");
        double[] out = new double[outputs];
        for (int o = 0; o < outputs; o++) {
            out[o] = dot(x, weight, o * x.length) + (bias == null ? 0 : bias[o]);
        }
        return out;
    }

    private static double dot(double[] x, double[] weight, int from) {
        double total = 0;
        for (int i = 0; i < x.length; i++) {
            total += x[i] * weight[from + i];
        }
        return total;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            out[i] = a[i] + b[i];
        }
        return out;
    }
}
