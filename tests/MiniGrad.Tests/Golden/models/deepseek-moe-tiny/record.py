import json, torch
torch.set_default_dtype(torch.float64)
S = dict(nLayer=2, nHead=4, nKvHead=2, nEmbd=16, nInner=12, blockSize=8, vocabSize=23, nExperts=6, topK=2, nSharedExperts=1, denseLayers=1)
RATE, GAMMA, STEPS, ROWS = 0.5, 0.01, 4, 2
L, H, K, C, F, T, V, E, TOP = S['nLayer'], S['nHead'], S['nKvHead'], S['nEmbd'], S['nInner'], S['blockSize'], S['vocabSize'], S['nExperts'], S['topK']
D = C // H
names = ['model.embed_tokens.weight']; shapes = [(V, C)]
def add(n, s): names.append(n); shapes.append(s)
for l in range(L):
    p = f'model.layers.{l}'
    add(p + '.input_layernorm.weight', (C,)); add(p + '.post_attention_layernorm.weight', (C,))
    for q, rows in (('q', C), ('k', K * D), ('v', K * D), ('o', C)): add(f'{p}.self_attn.{q}_proj.weight', (rows, C))
    def mlp(n, w):
        add(n + '.gate_proj.weight', (w, C)); add(n + '.up_proj.weight', (w, C)); add(n + '.down_proj.weight', (C, w))
    if l < S['denseLayers']: mlp(p + '.mlp', (TOP + S['nSharedExperts']) * F)
    else:
        add(p + '.mlp.gate.weight', (E, C))
        add(p + '.mlp.experts.gate_proj.weight', (E, F, C)); add(p + '.mlp.experts.up_proj.weight', (E, F, C)); add(p + '.mlp.experts.down_proj.weight', (E, C, F))
        mlp(p + '.mlp.shared_experts', S['nSharedExperts'] * F)
add('model.norm.weight', (C,)); add('lm_head.weight', (V, C))
W = {}
for p, (n, s) in enumerate(zip(names, shapes)):
    count = torch.Size(s).numel()
    v = torch.tensor([((i * 7919 + p * 104729 + 13) % 1009) / 1009 - 0.5 for i in range(count)]).reshape(s)
    W[n] = (1 + 0.2 * v if len(s) == 1 else 0.6 * v).requires_grad_()
bias = torch.tensor([0.02 * ((5 * e) % 7 - 3) for e in range(E)])
tokens = torch.tensor([(7 * i * i + 3 * i + 1) % V for i in range(ROWS * (T + 1))]).reshape(ROWS, T + 1)
def norm(x, w): return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6) * w
def rope(x):
    angle = torch.arange(T)[:, None] * 10000.0 ** (-2.0 * torch.arange(D // 2) / D)[None]
    a, b = x[..., : D // 2], x[..., D // 2 :]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)
def swiglu(x, g, u, d): return (torch.nn.functional.silu(x @ g.T) * (x @ u.T)) @ d.T
def forward(ids):
    x = W['model.embed_tokens.weight'][ids]; loads = None; gates_out = None
    for l in range(L):
        p = f'model.layers.{l}'
        n = norm(x, W[p + '.input_layernorm.weight'])
        heads = lambda q, count: (n @ W[f'{p}.self_attn.{q}_proj.weight'].T).reshape(ROWS, T, count, D).transpose(1, 2)
        q, k, v = rope(heads('q', H)), rope(heads('k', K)), heads('v', K)
        k, v = k.repeat_interleave(H // K, 1), v.repeat_interleave(H // K, 1)
        a = (q @ k.transpose(-1, -2)) / D ** 0.5
        a = a.masked_fill(torch.ones(T, T, dtype=torch.bool).triu(1), float('-inf')).softmax(-1)
        x = x + (a @ v).transpose(1, 2).reshape(ROWS, T, C) @ W[p + '.self_attn.o_proj.weight'].T
        n = norm(x, W[p + '.post_attention_layernorm.weight'])
        three = lambda m: [W[f'{p}.mlp.{m}{w}_proj.weight'] for w in ('gate', 'up', 'down')]
        if l < S['denseLayers']: x = x + swiglu(n, *three('')); continue
        s = torch.sigmoid(n @ W[p + '.mlp.gate.weight'].T)
        chosen = torch.topk((s + bias).detach(), TOP, -1).indices
        g = torch.gather(s, -1, chosen); g = g / g.sum(-1, keepdim=True)
        gate, up, down = three('experts.')
        y = swiglu(n, *three('shared_experts.'))
        rows = []
        for b in range(ROWS):
            for t in range(T):
                rows.append(sum(g[b, t, j] * swiglu(n[b, t], gate[e], up[e], down[e]) for j, e in enumerate(chosen[b, t].tolist())))
        x = x + y + torch.stack(rows).reshape(ROWS, T, C)
        loads = torch.bincount(chosen.reshape(-1), minlength=E)
    logits = norm(x, W['model.norm.weight']) @ W['lm_head.weight'].T
    return logits, loads
steps, gradients = [], None
for step in range(STEPS):
    logits, loads = forward(tokens[:, :-1])
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, V), tokens[:, 1:].reshape(-1))
    for w in W.values(): w.grad = None
    loss.backward()
    if step == 0: gradients = {n: dict(norm=w.grad.norm().item(), some=[w.grad.reshape(-1)[i].item() for i in (0, w.numel() // 2, w.numel() - 1)]) for n, w in W.items()}
    steps.append(dict(loss=loss.item(), load=loads.tolist(), bias=bias.tolist()))
    with torch.no_grad():
        for w in W.values(): w -= RATE * w.grad
    bias = bias + GAMMA * torch.sign(loads.double().mean() - loads)
print(json.dumps(dict(source='PyTorch ' + torch.__version__.split('+')[0] + ', float64: a DeepSeek-V3-style mixture of experts written from the formulas of arXiv 2412.19437, section 2.1.2 (a loop over tokens and their chosen experts), with grouped-query attention; weight i of parameter p is v = ((7919 i + 104729 p + 13) mod 1009)/1009 - 1/2, times 0.6 for matrices, 1 + 0.2 v for norms; plain gradient descent', model=S, rate=RATE, balanceRate=GAMMA, tokens=tokens.tolist(), steps=steps, gradients=gradients), indent=1))
