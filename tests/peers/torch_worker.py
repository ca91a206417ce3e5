"""The peer's side of a race: PyTorch and OpenBLAS, kept warm between measurements. Started by race.py, which sets the
environment (threads, the OpenMP build of OpenBLAS, no OPENBLAS_CORETYPE). One JSON request a line, one answer a line;
the requests are those of `bench worker`."""
import ctypes
import json
import math
import os
import resource
import sys
import time

SECONDS_PER_SAMPLE, SETTLING_SECONDS, WARMUP_SECONDS, WARMUP_CALLS = 0.002, 0.012, 0.05, 3
THREADS = int(os.environ["OMP_NUM_THREADS"])
JORDAN = (3.4445, -4.7750, 2.0315)
NO_TRANS, TRANS, ROW_MAJOR = 111, 112, 101

import numpy as np


def resident_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Gemm:
    """C = op(A) op(B) by OpenBLAS' cblas_sgemm, row-major."""

    def __init__(self, m, n, k, transpose, **_):
        self.blas = ctypes.CDLL("libopenblas.so.0")
        self.blas.openblas_set_num_threads(THREADS)
        random = np.random.default_rng(0)
        ta, tb = transpose[0] == "T", transpose[1] == "T"
        self.a = aligned((k, m) if ta else (m, k), random)
        self.b = aligned((n, k) if tb else (k, n), random)
        self.c = aligned((m, n), random)
        self.ta, self.tb, self.gigaflop, self.k = ta, tb, 2e-9 * m * n * k, k
        integer, real, pointer = ctypes.c_int, ctypes.c_float, ctypes.c_void_p
        self.sgemm = self.blas.cblas_sgemm
        self.sgemm.argtypes = [integer] * 6 + [real, pointer, integer, pointer, integer, real, pointer, integer]
        self.sgemm.restype = None
        self.arguments = (ROW_MAJOR, TRANS if ta else NO_TRANS, TRANS if tb else NO_TRANS, m, n, k, 1.0, self.a.ctypes.data,
                          self.a.shape[1], self.b.ctypes.data, self.b.shape[1], 0.0, self.c.ctypes.data, n)

    def run(self):
        self.sgemm(*self.arguments)

    def facts(self):
        a, b = (self.a.T if self.ta else self.a), (self.b.T if self.tb else self.b)
        rows = [i * 2654435761 % a.shape[0] for i in range(8)]
        exact = a[rows].astype(np.float64) @ b.astype(np.float64)
        return {"gigaflop": self.gigaflop, "error": float(np.abs(exact - self.c[rows]).max() / math.sqrt(self.k))}


def aligned(shape, random):
    count = shape[0] * shape[1]
    block = np.empty(count + 16, np.float32)
    start = (-block.ctypes.data % 64) // 4
    view = block[start:start + count].reshape(shape)
    view[:] = random.standard_normal(shape, dtype=np.float32)
    return view


def newton_schulz(gradient, steps):
    """The usual formulation: three products an iteration, two of them with their sum fused."""
    import torch
    a, b, c = JORDAN
    x = gradient.t() if gradient.size(0) > gradient.size(1) else gradient
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.t()
        polynomial = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.addmm(x, polynomial, x, beta=a)
    return x.t() if gradient.size(0) > gradient.size(1) else x


class Orthogonalize:
    def __init__(self, rows, columns, steps, **_):
        import torch
        torch.manual_seed(0)
        self.input, self.steps = torch.randn(rows, columns), steps

    def run(self):
        import torch
        with torch.no_grad():
            self.output = newton_schulz(self.input, self.steps)

    def facts(self):
        return {"rms": float(self.output.pow(2).mean().sqrt())}


def make_gpt(layers, dim, heads, context, vocab):
    """GPT-2's block with learned positions, biases, erf GELU and a tied head, attention written out, as eager code has it."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.projection = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
            self.register_buffer("future", torch.ones(context, context, dtype=torch.bool).triu(1))

        def forward(self, x):
            batch, length, _ = x.shape
            q, k, v = (part.view(batch, length, heads, dim // heads).transpose(1, 2) for part in self.qkv(x).split(dim, 2))
            weights = (q @ k.transpose(-2, -1)) * (heads / dim) ** 0.5
            weights = functional.softmax(weights.masked_fill(self.future[:length, :length], float("-inf")), -1)
            return self.projection((weights @ v).transpose(1, 2).reshape(batch, length, dim))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.attention, self.norm2 = nn.LayerNorm(dim), Attention(), nn.LayerNorm(dim)
            self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

        def forward(self, x):
            x = x + self.attention(self.norm1(x))
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
            x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
            for block in self.blocks:
                x = block(x)
            logits = functional.linear(self.norm(x), self.tokens.weight)
            return functional.cross_entropy(logits.view(-1, vocab), targets.view(-1))

    return Gpt()


class Muon:
    """Momentum with a look ahead, orthogonalized, for the matrices inside the blocks; AdamW for the rest."""

    def __init__(self, model, rate, decay, momentum=0.95):
        import torch
        inside = [p for p in model.blocks.parameters() if p.dim() == 2]
        chosen = {id(p) for p in inside}
        self.matrices, self.rate, self.decay, self.momentum = inside, rate, decay, momentum
        self.buffers = [torch.zeros_like(p) for p in inside]
        self.others = torch.optim.AdamW([p for p in model.parameters() if id(p) not in chosen], lr=rate, weight_decay=decay)

    def step(self):
        import torch
        with torch.no_grad():
            for weight, buffer in zip(self.matrices, self.buffers):
                buffer.lerp_(weight.grad, 1 - self.momentum)
                update = newton_schulz(weight.grad.lerp(buffer, self.momentum), 5)
                scale = max(1.0, weight.size(0) / weight.size(1)) ** 0.5
                weight.mul_(1 - self.rate * self.decay).add_(update, alpha=-self.rate * scale)
        self.others.step()


class Model:
    CONFIGURATIONS = {"A": (2, 128, 4, 64, 16, 256), "B": (4, 256, 4, 128, 16, 512), "C65": (6, 384, 6, 256, 8, 65),
                      "C": (6, 384, 6, 256, 8, 4096), "D": (12, 768, 12, 256, 1, 50257)}

    def __init__(self, model, optimizer, part, **_):
        import torch
        torch.manual_seed(0)
        layers, dim, heads, context, batch, vocab = self.CONFIGURATIONS[model] if isinstance(model, str) else model
        self.model = make_gpt(layers, dim, heads, context, vocab)
        self.passes, self.steps = part != "optimizer", part != "passes"
        self.optimizer = {"none": lambda: None, "adamw": lambda: torch.optim.AdamW(self.model.parameters(), lr=1e-4, weight_decay=0.1),
                          "muon": lambda: Muon(self.model, 1e-4, 0.1)}[optimizer]()
        self.ids, self.targets = torch.randint(vocab, (batch, context)), torch.randint(vocab, (batch, context))
        linear = 2 * batch * context * (layers * 12 * dim * dim + vocab * dim)
        self.gigaflop = 3e-9 * (linear + layers * 4 * batch * context * context * dim)
        self.forward_and_backward()

    def forward_and_backward(self):
        loss = self.model(self.ids, self.targets)
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        self.loss = loss

    def run(self):
        if self.passes:
            self.forward_and_backward()
        if self.steps:
            self.optimizer.step()

    def facts(self):
        matrices = len(self.optimizer.matrices) if isinstance(self.optimizer, Muon) else 0
        return {"parameters": sum(p.numel() for p in self.model.parameters()), "gemmGigaflop": self.gigaflop,
                "loss": float(self.loss), "matrices": matrices}


KINDS = {"gemm": Gemm, "orthogonalize": Orthogonalize, "model": Model}


def warm_up(work):
    start, calls = time.perf_counter(), 0
    while calls < WARMUP_CALLS or time.perf_counter() - start < WARMUP_SECONDS:
        work.run()
        calls += 1


def measure(work, seconds, least):
    # The threads wake up, and spread over the cores, before it counts.
    start, settling = time.perf_counter(), 0
    while settling == 0 or time.perf_counter() - start < SETTLING_SECONDS:
        work.run()
        settling += 1
    calls = max(1, int(SECONDS_PER_SAMPLE * settling / (time.perf_counter() - start)))
    times, start = [], time.perf_counter()
    while True:
        sample = time.perf_counter()
        for _ in range(calls):
            work.run()
        times.append((time.perf_counter() - sample) / calls)
        if len(times) >= least and time.perf_counter() - start >= seconds:
            return {"times": times}


def versions():
    import torch
    torch.set_num_threads(THREADS)
    blas = ctypes.CDLL("libopenblas.so.0")
    blas.openblas_get_config.restype = blas.openblas_get_corename.restype = ctypes.c_char_p
    return {"torch": torch.__version__, "torchThreads": torch.get_num_threads(), "openblas": blas.openblas_get_config().decode(),
            "kernel": blas.openblas_get_corename().decode(), "parallel": {0: "sequential", 1: "pthread", 2: "openmp"}[blas.openblas_get_parallel()],
            "baselineMegabytes": resident_megabytes()}


def serve():
    print(json.dumps(versions()), flush=True)
    key, work = None, None
    for line in sys.stdin:
        request = json.loads(line)
        if request["work"] != key:
            work = None
            work = KINDS[request["work"]["kind"]](**request["work"])
            warm_up(work)
            key = request["work"]
        answer = measure(work, request["seconds"], request.get("least", 1))
        answer["residentMegabytes"] = resident_megabytes()
        if request.get("facts"):
            answer["facts"] = work.facts()
        print(json.dumps(answer), flush=True)


serve()
