"""Records the cases of the newer presets: each function below follows its source's own step, line by line, in float64.

python3 record_family.py [NAME ...] writes NAME.json beside this file. numpy is all that it needs.
"""
import json, os, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
QUINTIC = [(4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037), (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012)]
JORDAN = [(3.4445, -4.7750, 2.0315)] * 5


def newton_schulz(g, coefficients, eps):
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (np.linalg.norm(x) + eps)
    for a, b, c in coefficients:
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.shape[0] > g.shape[1] else x


class AdaptiveMuon:
    """kvfrans/matrix-whitening 71a03e9, optimizers/adamuon.py. Its kernels are (in, out): ours are their transposes."""
    source = "kvfrans/matrix-whitening 71a03e9 optimizers/adamuon.py (arXiv 2510.25000), its rule in numpy float64"
    options = {"preset": "adaptive-muon", "learningRate": 0.02, "weightDecay": 0.1}

    def step(self, w, g, s):
        p, g = w.T, g.T
        count = s["count"] = s.get("count", 0) + 1
        s["mu"] = 0.9 * s.get("mu", 0) + (1 - 0.9) * g
        x = newton_schulz(s["mu"] / (1 - 0.9 ** count), QUINTIC, 1e-8)
        u = np.sqrt(max(1, x.shape[-1] / x.shape[-2])) * x
        s["v"] = 0.95 * s.get("v", 0) + (1 - 0.95) * (u * u)
        u = u / (np.sqrt(s["v"] / (1 - 0.95 ** count)) + 1e-8)
        return (p - 0.02 * (u + 0.1 * p)).T


def scale_invariant_update(param, update, lr, eps=1e-10):
    p_norm, u_norm = np.linalg.norm(param), np.linalg.norm(update)
    new_param = param - lr * update * p_norm / max(u_norm, eps)
    return new_param / max(np.linalg.norm(new_param), eps) * p_norm


class MuonH:
    """KellerJordan/modded-nanogpt 1ee2407, 20260430_muonh/train_gpt_simple_muonh.py: muon_update and scale_invariant_update_."""
    source = "KellerJordan/modded-nanogpt 1ee2407 train_gpt_simple_muonh.py (pull request 267), its rule in numpy float64"
    options = {"preset": "muon-h", "learningRate": 0.018}

    def step(self, w, g, s):
        mu = 0.95
        momentum = s["momentum"] = s.get("momentum", np.zeros_like(g)) + (1 - mu) * (g - s.get("momentum", 0))
        update = newton_schulz(g + mu * (momentum - g), [(2, -1.5, 0.5)] * 12, 1e-7)
        update = update * max(1, g.shape[-2] / g.shape[-1]) ** 0.5
        return scale_invariant_update(w, update, 0.018)


class AdamH:
    """The same repository's pull request 272: m̂/(√v̂ + ε), then the step of MuonH."""
    source = "KellerJordan/modded-nanogpt pull request 272 (AdamH; the projection of 1ee2407), its rule in numpy float64"
    options = {"preset": "adamw-h", "learningRate": 0.018}

    def step(self, w, g, s):
        t = s["t"] = s.get("t", 0) + 1
        s["m"] = 0.9 * s.get("m", 0) + 0.1 * g
        s["v"] = 0.95 * s.get("v", 0) + 0.05 * g * g
        m_hat, v_hat = s["m"] / (1 - 0.9 ** t), s["v"] / (1 - 0.95 ** t)
        return scale_invariant_update(w, m_hat / (np.sqrt(v_hat) + 1e-8), 0.018)


class MuonClip:
    """Kimi K2 (arXiv 2507.20534), Algorithm 1: Muon's step, then γ = min(1, τ/S) for every head. Key heads that query heads share are treated as
    its shared rotary key: the query heads take γ alone."""
    source = "Kimi K2, arXiv 2507.20534, Algorithm 1 (MuonClip), in numpy float64"
    options = {"preset": "muon-clip", "learningRate": 0.02, "qkClip": 100}
    shapes = {"wq": (8, 6), "wk": (8, 6), "wo": (6, 8), "gq": (8, 6), "gk": (4, 6)}
    attention = [
        {"query": "wq", "key": "wk", "heads": 4, "logits": [[20.5, 130, 99.9, -3], [150, 40, 101, 7], [80, 90, 60, 250], [12, 400, 100, 100.5]]},
        {"query": "gq", "key": "gk", "heads": 4, "kvHeads": 2, "logits": [[120, 130, 10, 5], [90, 80, 300, 100], [105, 1, 2, 3], [4, 5, 6, 700]]},
    ]
    steps = 4

    def step(self, w, g, s):
        mu, lr, decay = 0.95, 0.02, 0.1
        m = s["m"] = mu * s.get("m", 0) + g
        o = newton_schulz(mu * m + g, JORDAN, 1e-7) * 0.2 * np.sqrt(max(g.shape))
        return w - lr * (o + decay * w)

    def after(self, weights, t):
        tau = 100
        for layer in self.attention:
            q, k, heads = weights[layer["query"]], weights[layer["key"]], layer["heads"]
            shared = layer.get("kvHeads", heads) < heads
            rows = q.shape[0] // heads
            for h, s_max in enumerate(layer["logits"][t]):
                if s_max > tau:
                    gamma = tau / s_max
                    mine = slice(h * rows, (h + 1) * rows)
                    q[mine] *= gamma if shared else np.sqrt(gamma)
                    if not shared:
                        k[mine] *= np.sqrt(gamma)


class Dion:
    """microsoft/dion 6e2c58d, dion/dion_simple.py: dion_update. The first Q is the cosines that MiniGrad begins with, not torch.randn."""
    source = "microsoft/dion 6e2c58d dion/dion_simple.py, its rule in numpy float64, the first Q from cosines"
    options = {"preset": "dion", "learningRate": 0.02, "stages": {"dion": {"rank": 3}}}

    def step(self, x, g, s):
        lr, mu, weight_decay, epsilon = 0.02, 0.95, 0.01, 1e-8
        n, r = x.shape[1], min(3, min(x.shape))
        m = s.get("m", np.zeros_like(x)) + g
        q = s.get("q", np.cos(np.pi * np.arange(r)[None] * (np.arange(n)[:, None] + 0.5) / n))
        p, _ = np.linalg.qr(m @ q)
        big_r = m.T @ p
        s["m"] = m - (1 - mu) * (p @ big_r.T)
        s["q"] = q = big_r / (np.linalg.norm(big_r, axis=0, keepdims=True) + epsilon)
        scaled_lr = lr * (x.shape[0] / x.shape[1]) ** 0.5
        return x * (1 - weight_decay * lr) - scaled_lr * (p @ q.T)


class Soap:
    """nikhilvyas/SOAP f42d296, soap.py: step, update_preconditioner and get_orthogonal_matrix_QR, of two-dimensional parameters. Square ones, since
    the larger side of another has a null space at first, whose basis is LAPACK's choice."""
    source = "nikhilvyas/SOAP f42d296 soap.py, its rule in numpy float64, no weight decay"
    options = {"preset": "soap", "learningRate": 0.003, "weightDecay": 0, "stages": {"soap": {"frequency": 4}}}
    shapes = {"w0": (4, 4), "w1": (6, 6), "w2": (8, 8)}
    steps = 14

    def step(self, p, grad, s):
        beta1, beta2, eps, lr, f = 0.95, 0.95, 1e-8, 0.003, 4
        project = lambda x: s["Q"][0].T @ x @ s["Q"][1]
        back = lambda x: s["Q"][0] @ x @ s["Q"][1].T
        if "Q" not in s:
            s |= {"step": 0, "exp_avg": np.zeros_like(p), "exp_avg_sq": np.zeros_like(p), "GG": [np.zeros((d, d)) for d in p.shape], "Q": None}
            self.update_preconditioner(grad, s, beta2, f, project, back)
            return p
        grad_projected = project(grad)
        s["step"] += 1
        s["exp_avg"] = s["exp_avg"] * beta1 + grad_projected * (1 - beta1)
        s["exp_avg_sq"] = s["exp_avg_sq"] * beta2 + grad_projected ** 2 * (1 - beta2)
        denom = np.sqrt(s["exp_avg_sq"]) + eps
        step_size = lr * (1 - beta2 ** s["step"]) ** 0.5 / (1 - beta1 ** s["step"])
        p = p - step_size * back(s["exp_avg"] / denom)
        self.update_preconditioner(grad, s, beta2, f, project, back)
        return p

    def update_preconditioner(self, grad, s, beta, f, project, back):
        if s["Q"] is not None:
            s["exp_avg"] = back(s["exp_avg"])
        for i, outer in enumerate((grad @ grad.T, grad.T @ grad)):
            s["GG"][i] = s["GG"][i] + (1 - beta) * (outer - s["GG"][i])
        if s["Q"] is None:
            s["Q"] = [np.linalg.eigh(m + 1e-30 * np.eye(len(m)))[1][:, ::-1] for m in s["GG"]]
        if s["step"] > 0 and s["step"] % f == 0:
            for i, (m, o) in enumerate(zip(s["GG"], list(s["Q"]))):
                order = np.argsort(-np.diag(o.T @ m @ o))
                s["exp_avg_sq"] = np.take(s["exp_avg_sq"], order, axis=i)
                s["Q"][i] = np.linalg.qr(m @ o[:, order])[0]
        if s["step"] > 0:
            s["exp_avg"] = project(s["exp_avg"])


CASES = {"soap": Soap, "dion": Dion, "adaptive-muon": AdaptiveMuon, "muon-clip": MuonClip, "muon-h": MuonH, "adamw-h": AdamH}
SHAPES = {"w0": (6, 4), "w1": (4, 6), "w2": (5, 5), "w3": (10, 16)}
STEPS = 6


def record(name):
    case, rng = CASES[name](), np.random.default_rng(2026)
    shapes = getattr(case, "shapes", SHAPES)
    weights = {n: 0.1 * rng.standard_normal(s) for n, s in shapes.items()}
    state = {n: {} for n in shapes}
    flat = lambda values: {n: [float(f"{x:.12g}") for x in v.ravel()] for n, v in values.items()}
    weights = {n: np.array(v).reshape(shapes[n]) for n, v in flat(weights).items()}
    parameters = [{"name": n, "shape": list(s), "values": flat(weights)[n]} for n, s in shapes.items()]
    gradients, expected = [], []
    for _ in range(getattr(case, "steps", STEPS)):
        gradients.append(flat({n: rng.standard_normal(s) for n, s in shapes.items()}))
        for n, s in shapes.items():
            weights[n] = case.step(weights[n], np.array(gradients[-1][n]).reshape(s), state[n])
        if hasattr(case, "after"):
            case.after(weights, len(expected))
        expected.append(flat(weights))
    document = {"name": name, "source": case.source, "optimizer": case.options, "parameters": parameters}
    if hasattr(case, "attention"):
        document["attention"] = case.attention
    document |= {"gradients": gradients, "expected": expected, "tolerance": getattr(case, "tolerance", 1e-4)}
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        json.dump(document, f, separators=(",", ":"))
        f.write("\n")


for name in sys.argv[1:] or CASES:
    record(name)
