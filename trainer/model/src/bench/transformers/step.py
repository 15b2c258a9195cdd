"""Time of a training step of a 0.5 B Qwen2 shape in transformers on a GPU: the load of TrainingBenchmark shape=0.5b.

usage: python3 step.py [length=512] [pairs=32] [at-once=16384] [steps=10] [recompute=false] [compile=false]

bfloat16 by autocast over 32-bit weights, attention by scaled_dot_product_attention, fused AdamW, clipping, as Trainer does.
"""

import statistics
import sys
import time

import torch
import torch.nn.functional as F
from transformers import AutoModel, Qwen2Config


def main():
    o = dict(a.split("=") for a in sys.argv[1:])
    length, pairs, steps = int(o.get("length", 512)), int(o.get("pairs", 32)), int(o.get("steps", 10))
    rows = max(1, min(pairs, int(o.get("at-once", 16384)) // (2 * length)))
    torch.manual_seed(1)
    config = Qwen2Config(vocab_size=151936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
                         num_attention_heads=14, num_key_value_heads=2, max_position_embeddings=length,
                         use_sliding_window=False, rope_theta=10000.0, use_cache=False)
    model = AutoModel.from_config(config, dtype=torch.float32).to("cuda").train()
    score = torch.nn.Linear(config.hidden_size, 1, bias=False).to("cuda")
    if o.get("recompute") == "true":
        model.gradient_checkpointing_enable()
    parameters = [*model.parameters(), *score.parameters()]
    optimizer = torch.optim.AdamW(
        [dict(params=[p for p in parameters if p.dim() > 1], weight_decay=0.1),
         dict(params=[p for p in parameters if p.dim() == 1], weight_decay=0.0)],
        lr=1e-3, betas=(0.9, 0.95), fused=True)
    trunk = torch.compile(model) if o.get("compile") == "true" else model
    prompt = max(1, length // 4)
    chosen = torch.randint(2, config.vocab_size, (pairs, length), device="cuda")
    rejected = torch.randint(2, config.vocab_size, (pairs, length), device="cuda")
    targets_in_batch = pairs * (length - prompt)
    times = []
    for _ in range(steps + 3):
        torch.cuda.synchronize()
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        for i in range(0, pairs, rows):
            ids = torch.cat((chosen[i:i + rows], rejected[i:i + rows]))
            with torch.autocast("cuda", dtype=torch.bfloat16):
                h = trunk(input_ids=ids).last_hidden_state
                rewards = score(h[:, -1]).squeeze(-1).float()
                half = len(ids) // 2
                loss = -F.logsigmoid(rewards[:half] - rewards[half:]).sum() / pairs
                states = h[:half, prompt - 1:length - 1].reshape(-1, h.shape[-1])
                logits = F.linear(states, model.embed_tokens.weight)
            loss = loss + F.cross_entropy(logits.float(), chosen[i:i + rows, prompt:].reshape(-1),
                                          reduction="sum") / targets_in_batch
            loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        torch.cuda.synchronize()
        times.append((time.perf_counter() - start) * 1000)
    median = statistics.median(times[3:])
    print("torch %s, %s parameters, micro-batches of %d pairs: %.0f ms a step (median; fastest %.0f), %s tokens/s, %.1f GiB at most" % (
        torch.__version__, format(sum(p.numel() for p in parameters), ","), rows, median, min(times[3:]),
        format(round(2 * pairs * length * 1000 / median), ","), torch.cuda.max_memory_allocated() / 2**30))


main()
