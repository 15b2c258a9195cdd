"""Tokens a second of transformers' generate on a GPU: the load of EngineBenchmark, on the same weights.

usage: python3 generate.py FOLDER [shape=0.5b|1.5b] [prompt=64] [new=64] [concurrency=1,32,128] [rounds=3]

FOLDER is a model's; with a shape, drawn weights of it are written there first, in bfloat16.
prefill is the tokens of prompts by the time of a first token alone, decode that of the rest.
"""

import sys
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, Qwen2Config

SHAPES = {
    "0.5b": dict(hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
                 num_attention_heads=14, num_key_value_heads=2),
    "1.5b": dict(hidden_size=1536, intermediate_size=8960, num_hidden_layers=28,
                 num_attention_heads=12, num_key_value_heads=2),
}


def draw(folder, shape):
    torch.manual_seed(1)
    config = Qwen2Config(vocab_size=151936, max_position_embeddings=1024, tie_word_embeddings=True,
                         use_sliding_window=False, rope_theta=10000.0, bos_token_id=0, eos_token_id=0,
                         pad_token_id=1, **SHAPES[shape])
    with torch.device("cuda"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder, max_shard_size="50GB")


def timed(model, ids, new):
    torch.cuda.synchronize()
    start = time.perf_counter()
    model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=new,
                   min_new_tokens=new, pad_token_id=1)
    torch.cuda.synchronize()
    return time.perf_counter() - start


def main():
    options = dict(a.split("=") for a in sys.argv[2:])
    folder = Path(sys.argv[1])
    if "shape" in options:
        draw(folder, options["shape"])
    prompt, new = int(options.get("prompt", 64)), int(options.get("new", 64))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).to("cuda").eval()
    generator = torch.Generator().manual_seed(1)
    for at in map(int, options.get("concurrency", "1,32,128").split(",")):
        first, whole = [], []
        for _ in range(int(options.get("rounds", 3)) + 1):
            ids = torch.randint(2, model.config.vocab_size, (at, prompt), generator=generator).to("cuda")
            first.append(timed(model, ids, 1))
            whole.append(timed(model, ids, new))
        first, whole = sorted(first[1:])[len(first) // 2 - 1], sorted(whole[1:])[len(whole) // 2 - 1]
        print("concurrency %3d: %10.1f tokens/s decoded, %10.1f of prompts, %10.1f generated" % (
            at, at * (new - 1) / (whole - first), at * prompt / first, at * new / whole), flush=True)


main()
