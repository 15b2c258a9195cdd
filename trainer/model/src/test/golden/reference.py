"""Golden numbers from a second implementation of every family, in double precision.

Written from the definitions in the papers and in Hugging Face's documentation, without padding,
batches or a cache: attention is an explicit matrix, rotary positions rotate the two halves of a
head, every token is run again from the start. It shares no code with the Java side.

    python3 trainer/model/src/test/golden/reference.py \
        trainer/model/src/test/resources/io/prefstream/model/golden

needs Python 3.9 or later with PyTorch 1.13 or later, nothing else.
"""

import json
import math
import struct
import sys
from pathlib import Path

import torch

VOCAB, HIDDEN, LAYERS, HEADS, CONTEXT = 64, 32, 2, 4, 160
PROMPTS, NEW_TOKENS = 20, 64
DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}

BASE = dict(
    vocab_size=VOCAB, hidden_size=HIDDEN, intermediate_size=48, num_hidden_layers=LAYERS,
    num_attention_heads=HEADS, num_key_value_heads=2, hidden_act="silu",
    max_position_embeddings=CONTEXT, rms_norm_eps=1e-6, rope_theta=10000.0,
    tie_word_embeddings=False, attention_dropout=0.0, bos_token_id=2, eos_token_id=0,
    pad_token_id=1, initializer_range=0.02)

CASES = {
    "qwen2": dict(model_type="qwen2", dtype=torch.float32, tie_word_embeddings=True,
                  rope_theta=1000000.0, use_sliding_window=False, sliding_window=64),
    "qwen3": dict(model_type="qwen3", dtype=torch.bfloat16, head_dim=12, attention_bias=False,
                  use_sliding_window=False, sliding_window=None),
    "llama3": dict(model_type="llama", dtype=torch.float32, eos_token_id=[0, 3], shards=2,
                   rope_theta=500000.0, attention_bias=False, mlp_bias=False,
                   rope_scaling=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0,
                                     high_freq_factor=4.0, original_max_position_embeddings=40)),
    "llama-with-biases": dict(model_type="llama", dtype=torch.float16, attention_bias=True,
                              mlp_bias=True, head_dim=6, num_key_value_heads=1),
    "deepseek-coder": dict(model_type="llama", dtype=torch.float32, num_key_value_heads=HEADS,
                           rope_theta=100000.0, rope_scaling=dict(type="linear", factor=4.0)),
    "mistral": dict(model_type="mistral", dtype=torch.float32, sliding_window=None),
}
PREFIX = dict(qwen2="Qwen2", qwen3="Qwen3", llama="Llama", mistral="Mistral")


def draw(config, generator):
    """Weights large enough that every part of the model matters."""
    head = config.get("head_dim", HIDDEN // HEADS)
    q, kv, inner = HEADS * head, config["num_key_value_heads"] * head, config["intermediate_size"]
    qwen2 = config["model_type"] == "qwen2"
    qkv_bias = qwen2 or config.get("attention_bias", False)
    weights = {}

    def add(name, *shape, scale, mean=0.0):
        weights[name] = torch.randn(*shape, generator=generator, dtype=torch.float64) * scale + mean

    def linear(name, out, inp, bias):
        add(name + ".weight", out, inp, scale=1.6 / math.sqrt(inp))
        if bias:
            add(name + ".bias", out, scale=0.3)

    add("model.embed_tokens.weight", VOCAB, HIDDEN, scale=0.5)
    for layer in range(LAYERS):
        p = f"model.layers.{layer}."
        add(p + "input_layernorm.weight", HIDDEN, scale=0.2, mean=1.0)
        linear(p + "self_attn.q_proj", q, HIDDEN, qkv_bias)
        linear(p + "self_attn.k_proj", kv, HIDDEN, qkv_bias)
        linear(p + "self_attn.v_proj", kv, HIDDEN, qkv_bias)
        linear(p + "self_attn.o_proj", HIDDEN, q, qkv_bias and not qwen2)
        if config["model_type"] == "qwen3":
            add(p + "self_attn.q_norm.weight", head, scale=0.2, mean=1.0)
            add(p + "self_attn.k_norm.weight", head, scale=0.2, mean=1.0)
        add(p + "post_attention_layernorm.weight", HIDDEN, scale=0.2, mean=1.0)
        for name, out, inp in (("gate", inner, HIDDEN), ("up", inner, HIDDEN), ("down", HIDDEN, inner)):
            linear(p + f"mlp.{name}_proj", out, inp, config.get("mlp_bias", False))
    add("model.norm.weight", HIDDEN, scale=0.2, mean=1.0)
    add("score.weight", 1, HIDDEN, scale=0.3)
    if not config["tie_word_embeddings"]:
        add("lm_head.weight", VOCAB, HIDDEN, scale=0.5)
    return weights


def inverse_frequencies(config, head):
    base = 1.0 / config["rope_theta"] ** (torch.arange(0, head, 2, dtype=torch.float64) / head)
    scaling = config.get("rope_scaling")
    if scaling is not None and scaling.get("type") == "linear":
        base = base / scaling["factor"]
    elif scaling is not None:
        context = scaling["original_max_position_embeddings"]
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        out = []
        for f in base.tolist():
            wave = 2 * math.pi / f
            if wave < context / high:
                out.append(f)
            elif wave > context / low:
                out.append(f / scaling["factor"])
            else:
                smooth = (context / wave - low) / (high - low)
                out.append((1 - smooth) * f / scaling["factor"] + smooth * f)
        base = torch.tensor(out, dtype=torch.float64)
    return base.float().double()


def norm(x, weight, eps):
    return weight * (x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps))


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def hidden_states(config, w, ids):
    head = config.get("head_dim", HIDDEN // HEADS)
    kv_heads, eps, length = config["num_key_value_heads"], config["rms_norm_eps"], len(ids)
    angle = torch.outer(torch.arange(length, dtype=torch.float64), inverse_frequencies(config, head))
    cos, sin = angle.cos()[:, None, :], angle.sin()[:, None, :]
    future = torch.ones(length, length, dtype=torch.bool).triu(1)

    def linear(x, name):
        y = x @ w[name + ".weight"].T
        return y + w[name + ".bias"] if name + ".bias" in w else y

    x = w["model.embed_tokens.weight"][torch.tensor(ids)]
    for layer in range(LAYERS):
        p = f"model.layers.{layer}."
        h = norm(x, w[p + "input_layernorm.weight"], eps)
        q = linear(h, p + "self_attn.q_proj").view(length, HEADS, head)
        k = linear(h, p + "self_attn.k_proj").view(length, kv_heads, head)
        v = linear(h, p + "self_attn.v_proj").view(length, kv_heads, head)
        if config["model_type"] == "qwen3":
            q = norm(q, w[p + "self_attn.q_norm.weight"], eps)
            k = norm(k, w[p + "self_attn.k_norm.weight"], eps)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        attended = []
        for i in range(HEADS):
            shared = i // (HEADS // kv_heads)
            scores = q[:, i] @ k[:, shared].T / math.sqrt(head)
            scores = scores.masked_fill(future, -math.inf)
            attended.append(torch.softmax(scores, -1) @ v[:, shared])
        x = x + linear(torch.cat(attended, -1), p + "self_attn.o_proj")
        h = norm(x, w[p + "post_attention_layernorm.weight"], eps)
        gate = linear(h, p + "mlp.gate_proj")
        x = x + linear(gate * torch.sigmoid(gate) * linear(h, p + "mlp.up_proj"), p + "mlp.down_proj")
    return norm(x, w["model.norm.weight"], eps)


def logits(config, w, hidden):
    head = "model.embed_tokens.weight" if config["tie_word_embeddings"] else "lm_head.weight"
    return hidden @ w[head].T


def save(path, weights, dtype):
    header, data, offset = {}, [], 0
    for name, tensor in weights.items():
        raw = tensor.to(dtype).contiguous()
        body = bytes(raw.view(torch.int32 if dtype == torch.float32 else torch.int16).numpy().tobytes())
        header[name] = dict(dtype=DTYPES[dtype], shape=list(raw.shape), data_offsets=[offset, offset + len(body)])
        data.append(body)
        offset += len(body)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


def write(folder, name, settings):
    settings = dict(settings)
    dtype, shards = settings.pop("dtype"), settings.pop("shards", 1)
    prefix = PREFIX[settings["model_type"]]
    config = {**BASE, **settings, "architectures": [prefix + "ForCausalLM", prefix + "ForSequenceClassification"],
              "id2label": {"0": "REWARD"}, "torch_dtype": str(dtype).removeprefix("torch.")}
    generator = torch.Generator().manual_seed(20241002)
    weights = {k: v.to(dtype).double() for k, v in draw(config, generator).items()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    if shards == 1:
        save(folder / "model.safetensors", weights, dtype)
    else:
        names, where = list(weights), {}
        for shard in range(shards):
            part = f"model-{shard + 1:05d}-of-{shards:05d}.safetensors"
            own = names[shard * len(names) // shards:(shard + 1) * len(names) // shards]
            save(folder / part, {n: weights[n] for n in own}, dtype)
            where.update({n: part for n in own})
        total = sum(v.numel() for v in weights.values()) * (4 if dtype == torch.float32 else 2)
        (folder / "model.safetensors.index.json").write_text(
            json.dumps({"metadata": {"total_size": total}, "weight_map": where}, indent=1) + "\n")
    cases = []
    for prompt in range(PROMPTS):
        length = 3 + 4 * prompt
        ids = torch.randint(2, VOCAB, (length,), generator=generator).tolist()
        hidden = hidden_states(config, weights, ids)
        every = logits(config, weights, hidden)
        losses = -torch.log_softmax(every[:-1], -1)[torch.arange(length - 1), torch.tensor(ids[1:])]
        continued, gap = list(ids), math.inf
        for _ in range(NEW_TOKENS):
            row = logits(config, weights, hidden_states(config, weights, continued)[-1])
            best = torch.topk(row, 2)
            gap = min(gap, float(best.values[0] - best.values[1]))
            continued.append(int(best.indices[0]))
        cases.append(dict(
            prompt=ids, last_logits=[round(v, 9) for v in every[-1].tolist()],
            loss=round(float(losses.mean()), 9),
            reward=round(float((hidden[-1] @ weights["score.weight"].T).item()), 9),
            greedy=continued[length:], smallest_greedy_gap=gap))
    (folder / "golden.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
    print(name, "smallest gap between the two best logits:", min(c["smallest_greedy_gap"] for c in cases))


if __name__ == "__main__":
    for case, settings in CASES.items():
        write(Path(sys.argv[1]) / case, case, settings)
