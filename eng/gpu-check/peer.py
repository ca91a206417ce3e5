"""PyTorch on the card that MiniGrad was measured on, doing the same work: products, training steps, compiled steps. Prints one JSON object.
Started by the check; says in "reason" why there is nothing to compare with."""
import json
import math
import sys
import time

SHAPES = [(256, 256, 256, "NN"), (512, 512, 512, "NN"), (1024, 1024, 1024, "NN"), (2048, 512, 128, "NT"), (2048, 1024, 256, "NT"), (384, 1536, 2048, "TN"),
          (512, 128, 2048, "TN"), (8192, 2304, 768, "NT"), (8192, 768, 3072, "NT"), (8192, 768, 2304, "NN"), (3072, 768, 8192, "TN"), (8192, 8192, 8192, "NN")]
MODELS = {"GPT-2 small": (12, 768, 12, 1024, 8, 50257), "D": (12, 768, 12, 256, 1, 50257), "C65": (6, 384, 6, 256, 8, 65), "B": (4, 256, 4, 128, 16, 512)}


def skip(reason):
    print(json.dumps({"status": "skipped", "reason": reason}))
    sys.exit(0)


try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as e:
    skip(f"python3 has no PyTorch ({e})")
if not torch.cuda.is_available():
    skip("PyTorch sees no CUDA device")
DEVICE = torch.device("cuda:0")


def set_tf32(allowed):
    torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.allow_tf32 = allowed


def timed(work, seconds, least):
    """The median time of a call, each waited for; products, which are short, are called in rows."""
    for _ in range(3):
        work()
    torch.cuda.synchronize()
    times, begin = [], time.perf_counter()
    while len(times) < least or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def products():
    result = {"torch": torch.__version__, "cuda": torch.version.cuda}
    for precision in ("float32", "tf32", "bfloat16"):
        set_tf32(precision == "tf32")
        rows = []
        for m, n, k, layout in SHAPES:
            torch.manual_seed(0)
            a = torch.rand((k, m) if layout[0] == "T" else (m, k), device=DEVICE) * 2 - 1
            b = torch.rand((n, k) if layout[1] == "T" else (k, n), device=DEVICE) * 2 - 1
            a, b = (a.t() if layout[0] == "T" else a), (b.t() if layout[1] == "T" else b)
            x, y = (a.bfloat16(), b.bfloat16()) if precision == "bfloat16" else (a, b)
            found = (x @ y)[:8].double()
            error = float((found - a[:8].double() @ b.double()).abs().max()) / math.sqrt(k)
            calls = max(1, min(1000, int(2e10 / (2 * m * n * k) * 50)))

            def work():
                for _ in range(calls):
                    x @ y

            rows.append({"shape": f"{m}×{n}×{k} {layout}", "tflops": round(2e-12 * m * n * k * calls / timed(work, 0.1, 3), 3), "error": error})
        result[precision] = rows
    return result


def make_gpt(layers, dim, heads, context, vocab):
    """GPT-2's block with learned positions, biases, erf GELU and a tied head; attention by PyTorch's own fused kernel, as eager code has it today."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
            self.qkv, self.projection = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
            self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

        def forward(self, x):
            batch, length, _ = x.shape
            q, k, v = (part.view(batch, length, heads, dim // heads).transpose(1, 2) for part in self.qkv(self.norm1(x)).split(dim, 2))
            mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.projection(mixed.transpose(1, 2).reshape(batch, length, dim))
            return x + self.down(functional.gelu(self.up(self.norm2(x))))

    class Gpt(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(vocab, dim), nn.Embedding(context, dim)
            self.blocks, self.norm = nn.ModuleList(Block() for _ in range(layers)), nn.LayerNorm(dim)
            for parameter in self.parameters():
                if parameter.dim() == 2:
                    nn.init.normal_(parameter, 0, 0.02)

        def forward(self, ids, targets):
            x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device))
            for block in self.blocks:
                x = block(x)
            logits = functional.linear(self.norm(x), self.tokens.weight)
            return functional.cross_entropy(logits.view(-1, vocab), targets.view(-1))

    return Gpt().to(DEVICE)


def step_of(name, precision, compiled):
    layers, dim, heads, context, batch, vocab = MODELS[name]
    set_tf32(precision == "tf32")
    torch.manual_seed(0)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    model = make_gpt(layers, dim, heads, context, vocab)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.1)
    ids, targets = (torch.randint(vocab, (batch, context), device=DEVICE) for _ in range(2))
    called = torch.compile(model) if compiled else model

    def work():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bfloat16"):
            loss = called(ids, targets)
        loss.backward()
        optimizer.step()

    seconds = timed(work, 1.0, 5)
    return {"milliseconds": round(seconds * 1e3, 3), "tokensPerSecond": round(batch * context / seconds), "mebibytes": torch.cuda.max_memory_reserved() >> 20}


def steps(compiled, precisions):
    result = {"torch": torch.__version__, "cuda": torch.version.cuda}
    for name in MODELS:
        result[name] = {precision: step_of(name, precision, compiled) for precision in precisions}
    return result


PART = sys.argv[1]
if PART == "products":
    answer = products()
elif PART == "steps":
    answer = steps(False, ("bfloat16", "float32", "tf32"))
else:
    answer = steps(True, ("bfloat16",))
print(json.dumps(answer))
