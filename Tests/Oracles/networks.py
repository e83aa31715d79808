"""Reference numbers for the tests of Networks, from the formulas that PyTorch's documentation states; of layers with
attention, memory or normalisation from PyTorch itself.

Run as `python3 networks.py > networks.json`; needs NumPy, SciPy and PyTorch.
"""

import json

import numpy as np
import torch
from scipy import integrate, special, stats

random = np.random.default_rng(20)


def rounded(x):
    return np.asarray(x).tolist()


def activations():
    x = np.array([-40.0, -3.0, -1.0, -0.1, 0.0, 0.2, 1.0, 2.5, 30.0])
    return {
        "x": rounded(x),
        "identity": rounded(x),
        "tanh": rounded(np.tanh(x)),
        "relu": rounded(np.maximum(x, 0)),
        "gelu": rounded(x * stats.norm.cdf(x)),
        "silu": rounded(x * special.expit(x)),
        "softplus": rounded(np.logaddexp(0, x)),
        "logistic": rounded(special.expit(x)),
    }


def convolution():
    x = random.normal(size=(2, 3, 7))
    w = random.normal(size=(4, 3, 5))
    b = random.normal(size=4)
    y = np.zeros((2, 4, 7))
    for o in range(4):
        for i in range(7):
            y[:, o, i] = b[o]
            for c in range(3):
                for k in range(5):
                    y[:, o, i] += w[o, c, k] * x[:, c, (i + k - 2) % 7]
    return {"x": rounded(x.ravel()), "weight": rounded(w.ravel()), "bias": rounded(b), "y": rounded(y.ravel())}


def losses():
    mean, target, weights = random.normal(size=6), random.normal(size=6), np.array([1, 0, 2, 0.5, 1, 0])
    variance = np.exp(random.normal(size=6))
    deviation = np.sqrt(variance)
    logits, classes = random.normal(size=(5, 3)) * 3, np.array([2, 0, 1, 1, 2])
    probabilities = random.dirichlet(np.ones(3), size=5)
    logarithms = logits - special.logsumexp(logits, axis=1, keepdims=True)

    def crps(m, s, y):
        # From the definition: the integral of the squared distance between distribution functions.
        below = integrate.quad(lambda t: stats.norm.cdf(t, m, s) ** 2, m - 40 * s, y, epsabs=1e-13, points=[m - 3 * s, m])
        above = integrate.quad(lambda t: stats.norm.sf(t, m, s) ** 2, y, m + 40 * s, epsabs=1e-13, points=[m, m + 3 * s])
        return below[0] + above[0]

    return {
        "mean": rounded(mean),
        "target": rounded(target),
        "weights": rounded(weights),
        "variance": rounded(variance),
        "logits": rounded(logits.ravel()),
        "classes": classes.tolist(),
        "probabilities": rounded(probabilities.ravel()),
        "square": np.mean((mean - target) ** 2),
        "weightedSquare": np.average((mean - target) ** 2, weights=weights),
        "gaussian": -np.mean(stats.norm.logpdf(target, mean, deviation)),
        "rankedProbability": np.mean([crps(*each) for each in zip(mean, deviation, target)]),
        "crossEntropy": -np.mean(logarithms[np.arange(5), classes]),
        "softCrossEntropy": -np.mean(np.sum(probabilities * logarithms, axis=1)),
    }


# The gradient is that of f(a, b) = sum(c (a - 1)^2) / 2 + sum((b + 2)^4) / 4: two leaves, one of them nonlinear.
CURVATURE = np.array([1.0, 10.0, 0.1])


def gradient(a, b):
    return CURVATURE * (a - 1), (b + 2) ** 3


def schedule(peak, warmup=0, decay=None):
    def rate(step):
        start = max(warmup, 1)
        t = max(step - start, 0)
        factor = 1.0
        if decay and decay[0] == "cosine":
            factor = decay[2] + (1 - decay[2]) * 0.5 * (1 + np.cos(np.pi * min(t / decay[1], 1)))
        if decay and decay[0] == "exponential":
            factor = decay[2] ** (t / decay[1])
        return peak * factor * (min(step / start, 1) if warmup > 1 else 1)

    return rate


def descent(rate, momentum=0.0, nesterov=False):
    memory = {}

    def update(i, x, g, step):
        v = momentum * memory[i] + g if i in memory else g
        memory[i] = v
        return x - rate(step) * (g + momentum * v if nesterov else v)

    return update


def adam(rate, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.0):
    memory = {}

    def update(i, x, g, step):
        m, v = memory.get(i, (0, 0))
        x = x - rate(step) * decay * x
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
        memory[i] = (m, v)
        return x - rate(step) * (m / (1 - beta1**step)) / (np.sqrt(v / (1 - beta2**step)) + epsilon)

    return update


def muon(rate, beta=0.95, share=0.2):
    memory, others = {}, adam(rate)

    def update(i, x, g, step):
        if x.ndim < 2:
            return others(i, x, g, step)
        memory[i] = beta * memory.get(i, 0) + (1 - beta) * g
        o = beta * memory[i] + (1 - beta) * g
        o = o / np.linalg.norm(o)
        for _ in range(5):
            a = o @ o.T
            o = 3.4445 * o + (2.0315 * a @ a - 4.775 * a) @ o
        return x - rate(step) * share * np.sqrt(max(x.shape)) * o

    return update


def by_norm(size):
    def clip(gradients):
        norm = np.sqrt(sum(np.sum(g * g) for g in gradients))
        return [g * min(1, size / norm) for g in gradients]

    return clip


def path(update, clip=lambda gradients: gradients, steps=8):
    leaves = [np.array([0.0, 2.0, -1.0]), np.array([[-1.0, -3.5]])]
    found = []
    for step in range(1, steps + 1):
        gradients = clip(list(gradient(*leaves)))
        leaves = [update(i, x, g, step) for i, (x, g) in enumerate(zip(leaves, gradients))]
        found.append(rounded(np.concatenate([x.ravel() for x in leaves])))
    return found


def optimizers():
    constant = schedule(0.02)
    return {
        "descent": path(descent(constant)),
        "momentum": path(descent(constant, 0.9)),
        "nesterov": path(descent(constant, 0.9, True)),
        "adam": path(adam(constant)),
        "adamDecay": path(adam(constant, 0.8, 0.95, 1e-3, 0.1)),
        "muon": path(muon(schedule(0.05), 0.9)),
        "cosine": path(adam(schedule(0.1, 3, ("cosine", 4, 0.1)))),
        "exponential": path(descent(schedule(0.05, 0, ("exponential", 2, 0.5)), 0.5)),
        "norm": path(descent(constant, 0.9), by_norm(1.5)),
        "value": path(adam(constant), lambda gradients: [np.clip(g, -0.5, 0.5) for g in gradients]),
    }


def transposed(weight):
    """Weights of a layer as `[inputs, outputs]`."""
    return rounded(weight.detach().numpy().T.ravel())


def flat(tensor):
    return rounded(tensor.detach().numpy().ravel())


def layers():
    """PyTorch's layers with their own random weights, in double precision."""
    torch.manual_seed(7)
    torch.set_default_dtype(torch.float64)
    norm = torch.nn.LayerNorm(6)
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    cell = torch.nn.GRUCell(3, 4)
    attention = torch.nn.MultiheadAttention(6, 2, batch_first=True)
    torch.nn.init.normal_(attention.in_proj_bias)
    x, h, seen, others = torch.randn(2, 3), torch.randn(2, 4), torch.randn(2, 4, 6), torch.randn(2, 5, 6)
    parts = zip(("query", "key", "value"), attention.in_proj_weight.chunk(3), attention.in_proj_bias.chunk(3))
    return {
        "normalization": {
            "x": flat(seen), "gain": flat(norm.weight), "offset": flat(norm.bias), "y": flat(norm(seen)),
        },
        "recurrent": {
            "x": flat(x), "memory": flat(h), "y": flat(cell(x, h)),
            "inputWeight": transposed(cell.weight_ih), "inputBias": flat(cell.bias_ih),
            "memoryWeight": transposed(cell.weight_hh), "memoryBias": flat(cell.bias_hh),
        },
        "attention": {
            "x": flat(seen), "others": flat(others), "y": flat(attention(seen, others, others)[0]),
            **{name + "Weight": transposed(weight) for name, weight, _ in parts},
            **dict(zip(("queryBias", "keyBias", "valueBias"), map(flat, attention.in_proj_bias.chunk(3)))),
            "outputWeight": transposed(attention.out_proj.weight), "outputBias": flat(attention.out_proj.bias),
        },
    }


print(
    json.dumps(
        {
            "activations": activations(),
            "convolution": convolution(),
            "losses": losses(),
            "optimizers": optimizers(),
            "layers": layers(),
        },
        indent=1,
    )
)
