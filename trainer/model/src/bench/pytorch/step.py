"""Time of a training step of the model and load of TrainingBenchmark, in PyTorch for Python.

usage: python3 step.py [vocab=4096] [hidden=128] [layers=2] [length=128] [pairs=32] [at-once=4096] [steps=20] [shape=0.5b]

Written as one writes it: modules of torch.nn, autograd, torch.optim.AdamW with foreach, clip_grad_norm_.
Micro-batches are cut as in TrainingBenchmark; at-once=1000000 runs the whole batch at once. shape=0.5b is Qwen2's.
"""

import math
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def options():
    values = dict(vocab=4096, hidden=128, layers=2, length=128, pairs=32, at_once=4096, steps=20)
    shape = {}
    for argument in sys.argv[1:]:
        name, value = argument.split("=")
        if argument == "shape=0.5b":
            shape = dict(vocab=151936, hidden=896, ffn=4864, layers=24, heads=14, kv_heads=2)
        else:
            values[name.replace("-", "_")] = int(value)
    heads = max(1, values["hidden"] // 32)
    return dict(ffn=3 * values["hidden"], heads=heads, kv_heads=max(1, heads // 2)) | values | shape


class Norm(nn.Module):
    def __init__(self, width, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat((-second, first), -1) * sin


def attention(q, k, v, mask):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.shape[-1])
    return torch.matmul(torch.softmax(scores + mask, -1), v)


class Layer(nn.Module):
    def __init__(self, hidden, ffn, heads, kv_heads):
        super().__init__()
        self.heads, self.kv_heads, self.size = heads, kv_heads, hidden // heads
        self.before_attention, self.before_mlp = Norm(hidden), Norm(hidden)
        self.q = nn.Linear(hidden, heads * self.size)
        self.k = nn.Linear(hidden, kv_heads * self.size)
        self.v = nn.Linear(hidden, kv_heads * self.size)
        self.o = nn.Linear(heads * self.size, hidden, bias=False)
        self.gate = nn.Linear(hidden, ffn, bias=False)
        self.up = nn.Linear(hidden, ffn, bias=False)
        self.down = nn.Linear(ffn, hidden, bias=False)

    def forward(self, x, cos, sin, mask):
        n, t, _ = x.shape
        h = self.before_attention(x)
        q = rotate(self.q(h).view(n, t, self.heads, self.size).transpose(1, 2), cos, sin)
        k = rotate(self.k(h).view(n, t, self.kv_heads, self.size).transpose(1, 2), cos, sin)
        v = self.v(h).view(n, t, self.kv_heads, self.size).transpose(1, 2)
        groups = self.heads // self.kv_heads
        if groups > 1:
            k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        a = attention(q, k, v, mask).transpose(1, 2).reshape(n, t, -1)
        x = x + self.o(a)
        h = self.before_mlp(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Decoder(nn.Module):
    def __init__(self, vocab, hidden, ffn, layers, heads, kv_heads, length):
        super().__init__()
        self.embedding = nn.Embedding(vocab, hidden)
        self.layers = nn.ModuleList(Layer(hidden, ffn, heads, kv_heads) for _ in range(layers))
        self.norm = Norm(hidden)
        self.score = nn.Linear(hidden, 1, bias=False)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)
        size = hidden // heads
        frequency = 10000 ** (-torch.arange(0, size, 2) / size)
        angle = torch.outer(torch.arange(length), frequency).repeat(1, 2)
        self.register_buffer("cos", angle.cos())
        self.register_buffer("sin", angle.sin())
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def forward(self, ids):
        t = ids.shape[1]
        x = self.embedding(ids)
        for layer in self.layers:
            x = layer(x, self.cos[:t], self.sin[:t], self.mask[:t, :t])
        return self.norm(x)


def loss(model, chosen, rejected, prompt, pairs, response_tokens):
    """Sums over a micro-batch, weighted with the whole batch's counts."""
    count, length = chosen.shape
    h = model(torch.cat((chosen, rejected)))
    rewards = model.score(h[:, -1]).squeeze(-1)
    reward = -F.logsigmoid(rewards[:count] - rewards[count:]).sum() / pairs
    # Only where a token of the response is predicted.
    states = h[:count, prompt - 1 : length - 1].reshape(-1, h.shape[-1])
    logits = F.linear(states, model.embedding.weight)
    targets = chosen[:, prompt:].reshape(-1)
    return reward + F.cross_entropy(logits, targets, reduction="sum") / response_tokens


def main():
    o = options()
    # Debian's build begins with one thread here.
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(1)
    model = Decoder(o["vocab"], o["hidden"], o["ffn"], o["layers"], o["heads"], o["kv_heads"], o["length"])
    decayed = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [dict(params=decayed, weight_decay=0.1), dict(params=others, weight_decay=0.0)],
        lr=1e-3, betas=(0.9, 0.95), foreach=True)
    pairs, length = o["pairs"], o["length"]
    prompt = max(1, length // 4)
    chosen = torch.randint(2, o["vocab"], (pairs, length))
    rejected = torch.randint(2, o["vocab"], (pairs, length))
    rows = max(1, min(pairs, o["at_once"] // (2 * length)))
    response_tokens = pairs * (length - prompt)
    times, processor = [], []
    for step in range(o["steps"] + 3):
        start, used = time.perf_counter(), time.process_time()
        optimizer.zero_grad(set_to_none=True)
        for i in range(0, pairs, rows):
            loss(model, chosen[i : i + rows], rejected[i : i + rows], prompt, pairs,
                 response_tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        times.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - used) * 1000)
    times, processor = sorted(times[3:]), sorted(processor[3:])
    print("torch %s, %d threads, %s parameters, micro-batches of %d pairs" % (
        torch.__version__, torch.get_num_threads(),
        format(sum(p.numel() for p in model.parameters()), ","), rows))
    print("%.0f ms a step (median; fastest %.0f), %.0f ms of processor time, %s tokens/s" % (
        times[len(times) // 2], times[0], processor[len(processor) // 2],
        format(round(2 * pairs * length * 1000 / times[len(times) // 2]), ",")))


main()
