"""Training steps in single precision, eager with Adam in its fused form, and with the loss compiled."""
import torch
from torch.nn import functional as F

from networks import BATCHES, cycles, dense, images, periodic
from shared import flat


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


def tendency(x):
    return (x.roll(-1, 1) - x.roll(2, 1)) * x.roll(1, 1) - x + 8


def step(x, h=0.05):
    k1 = tendency(x)
    k2 = tendency(x + h / 2 * k1)
    k3 = tendency(x + h / 2 * k2)
    return x + h / 6 * (k1 + 2 * (k2 + k3) + tendency(x + h * k3))


def increment(p, f, d):
    x = torch.stack([(f - 2.4) / 3.6, d, torch.ones_like(d)], 1)
    signal = F.silu(convolution(x, p[0], p[1]))
    for i in (2, 4):
        signal = signal + F.silu(convolution(signal, p[i], p[i + 1]))
    gated = convolution(signal, p[6], p[7]) * convolution(d[:, None], p[8], p[9])
    return convolution(gated, p[10], p[11])[:, 0]


def cycles_loss(p, states, errors):
    x, f = 8 * states[:, 0], 8 * states[:, 0] + states[:, 1]
    total = 0
    for k in range(4):
        a = f + 0.1 * increment(p, f, x + errors[:, k] - f)
        total = total + F.mse_loss(a, x)
        x, f = step(x), step(a)
    return total / 4


def image_loss(p, x, y):
    x = x[:, None]
    for i in (0, 2):
        x = F.max_pool2d(F.relu(F.conv2d(x, p[i], p[i + 1], padding=1)), 2)
    return F.cross_entropy(F.linear(x.flatten(1), p[4], p[5]), y)


def image_loss_channels_last(p, x, y):
    return image_loss([t.contiguous(memory_format=torch.channels_last) if t.ndim == 4 else t for t in p], x, y)


def begin(problem):
    layers, data = problem()
    tensors = []
    for w, b in layers:
        # PyTorch's dense layers have the weights of each output together.
        w = torch.from_numpy(w.T.copy() if w.ndim == 2 else w.copy())
        tensors += [w, torch.from_numpy(b.copy())]
    parameters = [t.requires_grad_() for t in tensors]
    batches = [tuple(torch.from_numpy(part[i]) for part in data) for i in range(BATCHES)]
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

        state = begin(problem)
        steps(*state)
        return lambda: steps(*state), lambda: flat(*steps(*begin(problem)))

    return row


ROWS = {}
for name, problem, loss in [
    ("dense", dense, dense_loss), ("periodic", periodic, periodic_loss), ("cycles", cycles, cycles_loss),
    ("images", images, image_loss),
]:
    ROWS[f"training/{name}/eager"] = training(problem, loss)
    ROWS[f"training/{name}/compiled"] = training(problem, loss, compiled=True)
ROWS["training/images/eager, channels last"] = training(images, image_loss_channels_last)
