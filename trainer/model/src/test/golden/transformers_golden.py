"""The numbers of golden.json, computed by Hugging Face transformers from the same folders.

    python3 trainer/model/src/test/golden/transformers_golden.py \
        trainer/model/src/test/resources/io/prefstream/model/golden

writes transformers.json beside each golden.json (the same prompts) and prints how far the two are apart; in double
precision on the processor, but that transformers makes rotary angles in 32-bit floats. Written with transformers 5.17
and PyTorch 2.11.
"""

import json
import sys
from pathlib import Path

import torch
import transformers


def load(kind, folder):
    model = kind.from_pretrained(folder, dtype=torch.float64, attn_implementation="eager")
    return model.eval()


@torch.no_grad()
def write(folder):
    expected = json.loads((folder / "golden.json").read_text())
    causal = load(transformers.AutoModelForCausalLM, folder)
    classifier = load(transformers.AutoModelForSequenceClassification, folder)
    # The reference goes on after an end of sequence.
    causal.generation_config.eos_token_id = None
    cases, apart = [], 0.0
    for case in expected:
        ids = torch.tensor([case["prompt"]])
        out = causal(input_ids=ids, labels=ids)
        last = out.logits[0, -1].double().tolist()
        reward = classifier(input_ids=ids).logits.double().item()
        losses = torch.nn.functional.cross_entropy(out.logits[0, :-1].double(), ids[0, 1:])
        continued = causal.generate(
            ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=64,
            pad_token_id=1)[0, ids.shape[1]:].tolist()
        cases.append(dict(prompt=case["prompt"], last_logits=[round(v, 9) for v in last],
                          loss=round(float(losses), 9), reward=round(reward, 9), greedy=continued))
        apart = max([apart, abs(float(losses) - case["loss"]), abs(reward - case["reward"])]
                    + [abs(a - b) for a, b in zip(last, case["last_logits"])])
    (folder / "transformers.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
    same = sum(a["greedy"] == b["greedy"] for a, b in zip(cases, expected))
    print("%s: at most %.1e apart, %d of %d greedy texts equal" % (folder.name, apart, same, len(cases)), flush=True)


if __name__ == "__main__":
    for folder in sorted(p for p in Path(sys.argv[1]).iterdir() if (p / "golden.json").exists()):
        write(folder)
