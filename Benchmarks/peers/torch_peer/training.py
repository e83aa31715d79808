"""Training steps in single precision, eager with Adam in its fused form, and with the loss compiled (and Muon, where that is used)."""
import torch
from torch.nn import functional as F

from networks import BATCHES, analysis, dense, images, periodic
from shared import flat

from .muon import Muon


def dense_loss(p, x, y):
    w1, b1, w2, b2, w3, b3 = p
    x = F.relu(F.linear(x, w1, b1))
    x = F.relu(F.linear(x, w2, b2))
    return F.mse_loss(F.linear(x, w3, b3), y)


def convolution(x, w, b):
    side = w.shape[2] // 2
    return F.conv1d(F.pad(x, (side, side), mode="circular"), w, b)


def periodic_loss(p, x, y):
    x = x[:, None]
    first = convolution(x, torch.cat([p[0], p[2], p[4]]), torch.cat([p[1], p[3], p[5]]))  # three in one
    a, b, c = first.chunk(3, 1)
    x = torch.cat([a, b * c], 1)
    x = convolution(F.relu(convolution(x, p[6], p[7])), p[8], p[9])
    return F.mse_loss(x[:, 0], y)


def analysis_loss(p, forecast, truth):
    """The expected error of an analysis that is affine in the innovation: |(I - K)(f - x) + b|² + tr K Kᵀ.

    The products of features and innovations and the convolution after them are one convolution of the features, to the 13
    weights of each place's gain, and one more channel for b.
    """
    *layers, inner, inner_bias, outer, outer_bias = p
    signal = torch.stack([(forecast - 2.4) / 3.6, torch.ones_like(forecast)], 1)
    for i in range(0, len(layers) - 2, 2):
        change = F.silu(convolution(signal, layers[i], layers[i + 1]))
        signal = signal + change if i else change
    signal = convolution(signal, *layers[-2:])
    taps = [
        torch.cat([F.pad(inner[:, 0], (k, 4 - k)), inner_bias[:, None]], 1) * outer[0, :, k, None] for k in range(5)]
    rows = convolution(signal, torch.stack(taps, 2).transpose(0, 1), F.pad(outer_bias, (13, 0)))
    gain, shift = rows[:, :13], rows[:, 13]
    around = F.pad(truth - forecast, (6, 6), mode="circular").unfold(1, 40, 1)
    bias = forecast + (gain * around).sum(1) + shift - truth
    return ((bias.square() + gain.square().sum(1)).mean(1) + 1e-12).sqrt().mean()


def image_loss(p, x, y):
    x = x[:, None]
    for i in (0, 2):
        x = F.max_pool2d(F.relu(F.conv2d(x, p[i], p[i + 1], padding=1)), 2)
    return F.cross_entropy(F.linear(x.flatten(1), p[4], p[5]), y)


def image_loss_channels_last(p, x, y):
    return image_loss([t.contiguous(memory_format=torch.channels_last) if t.ndim == 4 else t for t in p], x, y)


def begin(problem, compiled):
    layers, data = problem()
    tensors = []
    for w, b in layers:
        # PyTorch's dense layers have the weights of each output together.
        w = torch.from_numpy(w.T.copy() if w.ndim == 2 else w.copy())
        tensors += [w, torch.from_numpy(b.copy())]
    parameters = [t.requires_grad_() for t in tensors]
    batches = [tuple(torch.from_numpy(part[i]) for part in data) for i in range(BATCHES)]
    if problem is analysis:
        return parameters, Muon(parameters, compiled), batches
    return parameters, torch.optim.Adam(parameters, lr=1e-3, fused=True), batches


def training(problem, loss, compiled=False):
    def row():
        f = torch.compile(loss, dynamic=False) if compiled else loss

        def steps(parameters, optimizer, batches):
            values = []
            for x, y in batches:
                optimizer.zero_grad(set_to_none=True)
                value = f(parameters, x, y)
                value.backward()
                optimizer.step()
                values.append(value.detach())
            return values

        state = begin(problem, compiled)
        steps(*state)
        return lambda: steps(*state), lambda: flat(*steps(*begin(problem, compiled)))

    return row


ROWS = {}
for name, problem, loss in [
    ("dense", dense, dense_loss), ("periodic", periodic, periodic_loss), ("analysis", analysis, analysis_loss),
    ("images", images, image_loss),
]:
    ROWS[f"training/{name}/eager"] = training(problem, loss)
    ROWS[f"training/{name}/compiled"] = training(problem, loss, compiled=True)
ROWS["training/images/eager, channels last"] = training(images, image_loss_channels_last)
