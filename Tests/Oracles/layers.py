"""Outputs and gradients of layers of networks in PyTorch, with its own random weights, in double precision.

Run as `python3 layers.py > layers.json`; needs PyTorch.

Of each layer: its arrays by name, the output `y`, and as `d NAME` the gradient of `sum(c y)` with respect to them.
"""

import json

import torch
from torch import nn
from torch.nn import functional

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def flat(tensor):
    return [round(x, 16) if abs(x) < 1 else x for x in tensor.detach().numpy().ravel().tolist()]


def case(arrays, run, swaps=()):
    """Arrays under their names; those of `swaps` are transposed, as matrices of weights are here `[inputs, outputs]`."""
    leaves = {name: value.detach().clone().requires_grad_() for name, value in arrays.items()}
    y = run(**leaves)
    c = torch.randn(y.shape)
    (c * y).sum().backward()
    found = {"y": flat(y), "c": flat(c)}
    for name, leaf in leaves.items():
        gradient = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        turn = (lambda t: t.T) if name in swaps else (lambda t: t)
        found[name] = flat(turn(leaf))
        found["d " + name] = flat(turn(gradient))
    return found


def convolution(padding, stride):
    def run(x, weight, bias):
        if padding == "periodic":
            x = functional.pad(x, (1, 1, 1, 1), mode="circular")
        return functional.conv2d(x, weight, bias, padding=1 if padding == "zero" else 0, stride=stride)

    return case(
        {"x": torch.randn(2, 3, 6, 7), "weight": torch.randn(4, 3, 3, 3), "bias": torch.randn(4)}, run)


def causal():
    def run(x, weight, bias):
        return functional.conv1d(functional.pad(x, (4, 0)), weight, bias, dilation=2)

    return case({"x": torch.randn(2, 3, 9), "weight": torch.randn(4, 3, 3), "bias": torch.randn(4)}, run)


def batch_normalization():
    layer = nn.BatchNorm2d(3)
    with torch.no_grad():
        layer.running_mean.normal_()
        layer.running_var.uniform_(0.5, 2)
    before = {"mean": flat(layer.running_mean), "variance": flat(layer.running_var)}
    arrays = {"x": torch.randn(4, 3, 2, 5), "gain": torch.randn(3), "offset": torch.randn(3)}

    def predicted(x, gain, offset):
        return functional.batch_norm(x, layer.running_mean, layer.running_var, gain, offset, training=False)

    prediction = case(arrays, predicted)

    def trained(x, gain, offset):
        return functional.batch_norm(x, layer.running_mean, layer.running_var, gain, offset, training=True)

    training = case(arrays, trained)
    after = {"nextMean": flat(layer.running_mean), "nextVariance": flat(layer.running_var)}
    return {**training, **before, **after}, {**prediction, **before}


def recurrent(kind, gates):
    cell = {"elman": nn.RNN, "gated": nn.GRU, "longShort": nn.LSTM}[kind](3, 4, batch_first=True)
    names = ("inputWeight", "memoryWeight", "inputBias", "memoryBias")
    arrays = {"x": torch.randn(2, 5, 3), **dict(zip(names, cell.parameters()))}

    def run(x, **weights):
        parameters = dict(zip((name for name, _ in cell.named_parameters()), weights.values()))
        return torch.func.functional_call(cell, parameters, (x,))[0]

    return case(arrays, run, swaps=("inputWeight", "memoryWeight"))


def transformer():
    layer = nn.TransformerEncoderLayer(6, 2, 8, dropout=0, activation="gelu", batch_first=True, norm_first=True)
    with torch.no_grad():
        for parameter in layer.parameters():
            if parameter.dim() == 1:
                parameter.normal_()
    p = dict(layer.named_parameters())
    arrays = {"x": torch.randn(2, 5, 6)}
    for name, weight, bias in zip(
        ("query", "key", "value"), p["self_attn.in_proj_weight"].chunk(3), p["self_attn.in_proj_bias"].chunk(3)):
        arrays[name + "Weight"], arrays[name + "Bias"] = weight, bias
    for name, path in (
        ("output", "self_attn.out_proj"), ("first", "linear1"), ("second", "linear2"), ("firstNorm", "norm1"),
        ("secondNorm", "norm2")):
        arrays[name + "Weight"], arrays[name + "Bias"] = p[path + ".weight"], p[path + ".bias"]

    def run(x, **a):
        parameters = {
            "self_attn.in_proj_weight": torch.cat([a["queryWeight"], a["keyWeight"], a["valueWeight"]]),
            "self_attn.in_proj_bias": torch.cat([a["queryBias"], a["keyBias"], a["valueBias"]]),
        }
        for name, path in (
            ("output", "self_attn.out_proj"), ("first", "linear1"), ("second", "linear2"), ("firstNorm", "norm1"),
            ("secondNorm", "norm2")):
            parameters[path + ".weight"], parameters[path + ".bias"] = a[name + "Weight"], a[name + "Bias"]
        mask = nn.Transformer.generate_square_subsequent_mask(5)
        layer.train()  # the path with derivatives
        return torch.func.functional_call(layer, parameters, (x,), {"src_mask": mask, "is_causal": True})

    matrices = [name for name, value in arrays.items() if value.dim() == 2]
    return case(arrays, run, swaps=matrices)


def spectral(shape, modes):
    weights = ([modes] if len(shape) == 1 else [2 * modes, modes]) + [2, 3]
    arrays = {"x": torch.randn(2, 2, *shape), "real": torch.randn(weights), "imaginary": torch.randn(weights)}

    def line(x, real, imaginary):
        seen = torch.fft.rfft(x)[..., :modes]
        out = torch.zeros(2, 3, shape[0] // 2 + 1, dtype=torch.cdouble)
        out[..., :modes] = torch.einsum("bik,kio->bok", seen, torch.complex(real, imaginary))
        return torch.fft.irfft(out, n=shape[0])

    def plane(x, real, imaginary):
        seen = torch.fft.rfft2(x)
        w = torch.complex(real, imaginary)
        out = torch.zeros(2, 3, shape[0], shape[1] // 2 + 1, dtype=torch.cdouble)
        out[:, :, :modes, :modes] = torch.einsum("bikl,klio->bokl", seen[:, :, :modes, :modes], w[:modes])
        out[:, :, -modes:, :modes] = torch.einsum("bikl,klio->bokl", seen[:, :, -modes:, :modes], w[modes:])
        return torch.fft.irfft2(out, s=shape)

    return case(arrays, line if len(shape) == 1 else plane)


def embedding():
    words = torch.tensor([[1, 0, 4], [4, 4, 2]])
    return {**case({"table": torch.randn(5, 3)}, lambda table: functional.embedding(words, table)),
            "words": [float(x) for x in words.ravel()]}


def unet():
    arrays = {"x": torch.randn(2, 2, 4, 8)}
    for name, inputs, outputs in [("down.0", 2, 3), ("down.1", 3, 6), ("down.2", 6, 12), ("up.0", 9, 3), ("up.1", 18, 6)]:
        for number, width in enumerate([inputs, outputs]):
            arrays[f"{name}.{number}.weight"] = 0.3 * torch.randn(outputs, width, 3, 3)
            arrays[f"{name}.{number}.bias"] = torch.randn(outputs)
    arrays["last.weight"], arrays["last.bias"] = torch.randn(1, 3, 1, 1), torch.randn(1)

    def run(x, **w):
        def convolved(x, name):
            for number in range(2):
                x = functional.relu(functional.conv2d(x, w[f"{name}.{number}.weight"], w[f"{name}.{number}.bias"], padding=1))
            return x

        levels = [convolved(x, "down.0")]
        for name in ["down.1", "down.2"]:
            levels.append(convolved(functional.max_pool2d(levels[-1], 2), name))
        signal = levels[2]
        for number in [1, 0]:
            larger = functional.interpolate(signal, scale_factor=2, mode="nearest")
            signal = convolved(torch.cat([levels[number], larger], 1), f"up.{number}")
        return functional.conv2d(signal, w["last.weight"], w["last.bias"])

    return case(arrays, run)


image = torch.randn(2, 3, 6, 8)
trained, predicted = batch_normalization()
print(json.dumps({
    "convolution zero 1": convolution("zero", 1),
    "convolution periodic 1": convolution("periodic", 1),
    "convolution valid 1": convolution("valid", 1),
    "convolution zero 2": convolution("zero", 2),
    "causal": causal(),
    "maximum": case({"x": image}, lambda x: functional.max_pool2d(x, 2)),
    "mean": case({"x": image}, lambda x: functional.avg_pool2d(x, 2)),
    "nearest": case({"x": image}, lambda x: functional.interpolate(x, scale_factor=2, mode="nearest")),
    "bilinear": case({"x": image}, lambda x: functional.interpolate(x, scale_factor=2, mode="bilinear")),
    "batch training": trained,
    "batch prediction": predicted,
    "group": case(
        {"x": torch.randn(2, 4, 3, 5), "gain": torch.randn(4), "offset": torch.randn(4)},
        lambda x, gain, offset: functional.group_norm(x, 2, gain, offset)),
    "elman": recurrent("elman", 1),
    "gated": recurrent("gated", 3),
    "longShort": recurrent("longShort", 4),
    "transformer": transformer(),
    "spectral": spectral((10,), 4),
    "spectral plane": spectral((6, 9), 2),
    "embedding": embedding(),
    "u-net": unet(),
}))
