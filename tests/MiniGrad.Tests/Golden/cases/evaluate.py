"""The loss of a Hugging Face folder on given tokens, in float64, with nothing but Python: a second opinion on what `export` writes.

usage: python3 evaluate.py FOLDER TOKENS.json
Reads config.json and model.safetensors by their published definitions (transformers: gpt2, qwen2, starcoder2, arcee) and prints the
mean cross-entropy over all targets. Slow: for models of a few thousand weights.
"""

import json
import math
import struct
import sys


def load(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = struct.unpack("<%df" % ((end - begin) // 4), data[8 + length + begin:8 + length + end])
        tensors[name] = (entry["shape"], values)
    return tensors


class Model:
    def __init__(self, folder):
        with open(folder + "/config.json") as file:
            self.config = json.load(file)
        self.tensors = load(folder + "/model.safetensors")
        self.used = set()
        self.type = self.config["model_type"]

    def vector(self, name):
        self.used.add(name)
        return list(self.tensors[name][1])

    def matrix(self, name):
        """Rows of (out, in)."""
        self.used.add(name)
        (rows, columns), values = self.tensors[name]
        return [values[r * columns:(r + 1) * columns] for r in range(rows)]

    def linear(self, x, name, bias=True, conv1d=False):
        weight = self.matrix(name + ".weight")
        if conv1d:  # stored (in, out)
            weight = [list(column) for column in zip(*weight)]
        b = self.vector(name + ".bias") if bias else [0.0] * len(weight)
        return [sum(w * v for w, v in zip(row, x)) + b[i] for i, row in enumerate(weight)]

    def layer_norm(self, x, name, eps):
        mean = sum(x) / len(x)
        variance = sum((v - mean) ** 2 for v in x) / len(x)
        scale = 1 / math.sqrt(variance + eps)
        return [(v - mean) * scale * w + b for v, w, b in zip(x, self.vector(name + ".weight"), self.vector(name + ".bias"))]

    def rms_norm(self, x, name, eps):
        scale = 1 / math.sqrt(sum(v * v for v in x) / len(x) + eps)
        return [v * scale * w for v, w in zip(x, self.vector(name + ".weight"))]


def activation(name):
    if name == "gelu":
        return lambda v: 0.5 * v * (1 + math.erf(v / math.sqrt(2)))
    if name in ("gelu_new", "gelu_pytorch_tanh"):
        return lambda v: 0.5 * v * (1 + math.tanh(math.sqrt(2 / math.pi) * (v + 0.044715 * v ** 3)))
    assert name == "silu", name
    return lambda v: v / (1 + math.exp(-v))


def rotate(head, position, base):
    """Rotary embedding in half-split form."""
    half = len(head) // 2
    out = list(head)
    for i in range(half):
        angle = position * base ** (-2.0 * i / len(head))
        c, s = math.cos(angle), math.sin(angle)
        out[i] = head[i] * c - head[half + i] * s
        out[half + i] = head[half + i] * c + head[i] * s
    return out


def attend(queries, keys, values, heads, kv_heads):
    """Causal attention of rows of heads: queries[t][h], keys[t][h // group]."""
    group, size = heads // kv_heads, len(queries[0][0])
    result = []
    for t in range(len(queries)):
        row = []
        for h in range(heads):
            scores = [sum(a * b for a, b in zip(queries[t][h], keys[s][h // group])) / math.sqrt(size) for s in range(t + 1)]
            most = max(scores)
            weights = [math.exp(score - most) for score in scores]
            total = sum(weights)
            row += [sum(w * values[s][h // group][i] for s, w in enumerate(weights)) / total for i in range(size)]
        result.append(row)
    return result


def split(x, heads):
    size = len(x) // heads
    return [x[h * size:(h + 1) * size] for h in range(heads)]


def add(a, b):
    return [x + y for x, y in zip(a, b)]


def gpt2(m, tokens):
    c, prefix = m.config, "transformer." if "transformer.wte.weight" in m.tensors else ""
    eps, heads, act = c["layer_norm_epsilon"], c["n_head"], activation(c["activation_function"])
    wte, wpe = m.matrix(prefix + "wte.weight"), m.matrix(prefix + "wpe.weight")
    x = [add(wte[token], wpe[t]) for t, token in enumerate(tokens)]
    for layer in range(c["n_layer"]):
        p = "%sh.%d." % (prefix, layer)
        qkv = [split(m.linear(m.layer_norm(v, p + "ln_1", eps), p + "attn.c_attn", conv1d=True), 3) for v in x]
        q, k, v = ([split(row[i], heads) for row in qkv] for i in range(3))
        x = [add(a, m.linear(b, p + "attn.c_proj", conv1d=True)) for a, b in zip(x, attend(q, k, v, heads, heads))]
        x = [add(a, m.linear([act(u) for u in m.linear(m.layer_norm(a, p + "ln_2", eps), p + "mlp.c_fc", conv1d=True)], p + "mlp.c_proj", conv1d=True)) for a in x]
    x = [m.layer_norm(v, prefix + "ln_f", eps) for v in x]
    return x, wte if c["tie_word_embeddings"] else m.matrix("lm_head.weight")


def rotary(m, tokens):
    c, kind = m.config, m.type
    heads, kv_heads, base = c["num_attention_heads"], c["num_key_value_heads"], c["rope_parameters"]["rope_theta"]
    act = activation(c["hidden_act"])
    if kind == "starcoder2":
        norm = lambda v, name: m.layer_norm(v, name, c["norm_epsilon"])
        qkv_bias = out_bias = mlp_bias = c["use_bias"]
    else:
        norm = lambda v, name: m.rms_norm(v, name, c["rms_norm_eps"])
        qkv_bias, out_bias, mlp_bias = (True, False, False) if kind == "qwen2" else (c["attention_bias"], c["attention_bias"], c["mlp_bias"])
    embedding = m.matrix("model.embed_tokens.weight")
    x = [list(embedding[token]) for token in tokens]

    def feed_forward(n, p):
        if kind == "starcoder2":
            return m.linear([act(u) for u in m.linear(n, p + "c_fc", mlp_bias)], p + "c_proj", mlp_bias)
        if kind == "arcee":
            return m.linear([act(u) for u in m.linear(n, p + "up_proj", mlp_bias)], p + "down_proj", mlp_bias)
        gate, up = m.linear(n, p + "gate_proj", False), m.linear(n, p + "up_proj", False)
        return m.linear([act(g) * u for g, u in zip(gate, up)], p + "down_proj", False)

    for layer in range(c["num_hidden_layers"]):
        p = "model.layers.%d." % layer
        n = [norm(v, p + "input_layernorm") for v in x]
        q = [[rotate(h, t, base) for h in split(m.linear(v, p + "self_attn.q_proj", qkv_bias), heads)] for t, v in enumerate(n)]
        k = [[rotate(h, t, base) for h in split(m.linear(v, p + "self_attn.k_proj", qkv_bias), kv_heads)] for t, v in enumerate(n)]
        v = [split(m.linear(u, p + "self_attn.v_proj", qkv_bias), kv_heads) for u in n]
        x = [add(a, m.linear(b, p + "self_attn.o_proj", out_bias)) for a, b in zip(x, attend(q, k, v, heads, kv_heads))]
        x = [add(a, feed_forward(norm(a, p + "post_attention_layernorm"), p + "mlp.")) for a in x]
    x = [norm(v, "model.norm") for v in x]
    return x, embedding if c["tie_word_embeddings"] else m.matrix("lm_head.weight")


def main():
    model = Model(sys.argv[1])
    with open(sys.argv[2]) as file:
        rows = json.load(file)
    loss, count = 0.0, 0
    for tokens, targets in zip(rows["tokens"], rows["targets"]):
        x, head = (gpt2 if model.type == "gpt2" else rotary)(model, tokens)
        for features, target in zip(x, targets):
            if target < 0:
                continue
            logits = [sum(w * v for w, v in zip(row, features)) for row in head]
            most = max(logits)
            loss += most + math.log(sum(math.exp(l - most) for l in logits)) - logits[target]
            count += 1
    assert model.used == set(model.tensors), "not read: %s" % sorted(set(model.tensors) - model.used)
    print(repr(loss / count))


main()
