"""Momentum made orthogonal (Jordan et al. 2024), for convolutions too; what is no matrix goes by Adam.

PyTorch's own takes matrices only, one after the other. Here those of one shape go together, and may be compiled.
"""
import torch


def direction(momentum, slope, rate, beta=0.95):
    """The momentum `[k, m, n]` afterwards, and the change of the weights: five steps of Newton and Schulz's kind."""
    momentum = beta * momentum + (1 - beta) * slope
    x = beta * momentum + (1 - beta) * slope
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.square().sum((1, 2), keepdim=True) + 1e-37).sqrt()
    for _ in range(5):
        square = x @ x.mT
        x = 3.4445 * x + torch.baddbmm(square, square, square, beta=-4.775, alpha=2.0315) @ x
    return momentum, 0.2 * rate * max(x.shape[1:]) ** 0.5 * (x.mT if tall else x)


class Muon:
    def __init__(self, parameters, compiled, rate=1e-3):
        self.others = torch.optim.Adam([p for p in parameters if p.ndim < 2], lr=rate, fused=True)
        shapes = {}
        for p in parameters:
            if p.ndim >= 2:
                shapes.setdefault(p.shape, []).append(p)
        self.groups = list(shapes.values())
        self.momenta = [torch.zeros(len(group), len(group[0]), group[0][0].numel()) for group in self.groups]
        self.rate = rate
        self.direction = torch.compile(direction, dynamic=False) if compiled else direction

    def zero_grad(self, set_to_none=True):
        self.others.zero_grad(set_to_none)
        for group in self.groups:
            for p in group:
                p.grad = None

    @torch.no_grad()
    def step(self):
        self.others.step()
        for i, group in enumerate(self.groups):
            slopes = torch.stack([p.grad for p in group]).flatten(2)
            self.momenta[i], changes = self.direction(self.momenta[i], slopes, self.rate)
            torch._foreach_sub_(group, [change.view(p.shape) for change, p in zip(changes, group)])
