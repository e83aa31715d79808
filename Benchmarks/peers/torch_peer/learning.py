"""The gradient of the likelihood of an ensemble filter as in `jax_peer/learning.py`, eager: the design of the published program."""
import numpy as np
import torch

from shared import flat, read, uniform

MONOMIALS = [[]] + [[a] for a in range(-2, 3)] + [[a, b] for a in range(-2, 3) for b in range(a, min(a + 2, 2) + 1)]
LORENZ = {(): 8, (0,): -1, (-2, -1): -1, (-1, 1): 1}


def tendency(coefficients, x):
    wide = torch.cat([x[:, -2:], x, x[:, :2]], -1)
    shifted = {a: wide[:, 2 + a : 42 + a] for a in range(-2, 3)}
    columns = [torch.ones_like(x)]
    for monomial in MONOMIALS[1:]:
        columns.append(shifted[monomial[0]] * shifted[monomial[1]] if len(monomial) == 2 else shifted[monomial[0]])
    return torch.tensordot(torch.stack(columns), coefficients, ([0], [0]))


def step(f, x, h=0.01):
    k1 = f(x)
    k2 = f(torch.add(x, k1, alpha=h / 2))
    k3 = f(torch.add(x, k2, alpha=h / 2))
    k4 = f(torch.add(x, k3, alpha=h))
    return torch.add(x, k1 + 2 * (k2 + k3) + k4, alpha=h / 6)


def taper(half_width):
    d = np.abs(np.subtract.outer(np.arange(40), np.arange(40)))
    z = np.minimum(d, 40 - d) / half_width
    with np.errstate(divide="ignore", invalid="ignore"):
        near = 1 - 5 / 3 * z**2 + 5 / 8 * z**3 + z**4 / 2 - z**5 / 4
        far = 4 - 5 * z + 5 / 3 * z**2 + 5 / 8 * z**3 - z**4 / 2 + z**5 / 12 - 2 / (3 * z)
    return torch.from_numpy(np.where(z <= 1, near, np.where(z <= 2, far, 0)))


def filter_gradient(cycles=300, members=50):
    values = np.array([LORENZ.get(tuple(m), 0.0) for m in MONOMIALS]) + 0.01 * uniform(32, 18)
    coefficients = torch.from_numpy(values).requires_grad_()
    log_deviations = torch.full((40,), -2.0, dtype=torch.float64).requires_grad_()
    observations = torch.from_numpy(read("observations", -1, 40)[:cycles].copy())
    perturbations, errors = (torch.from_numpy(uniform(seed, cycles, members, 40)) for seed in (33, 34))
    start = torch.from_numpy(read("members", 40, 40)[0] + uniform(35, members, 40))
    localization, identity = taper(5), torch.eye(40, dtype=torch.float64)

    def gradient():
        f = lambda x: tendency(coefficients, x)
        deviations = log_deviations.exp()
        ensemble, total = start, 0.0
        for y, perturbation, error in zip(observations, perturbations, errors):
            for _ in range(5):
                ensemble = step(f, ensemble)
            background = ensemble + deviations * error
            mean = background.mean(0)
            anomalies = background - mean
            covariance = localization * (anomalies.T @ anomalies) / (members - 1)
            factor = torch.linalg.cholesky(covariance + identity)
            white = torch.linalg.solve_triangular(factor, (y - mean)[:, None], upper=False)
            total = total - 0.5 * white.square().sum() - factor.diagonal().log().sum()
            weights = torch.cholesky_solve((y + perturbation - background).T, factor)
            ensemble = background + weights.T @ covariance
        return total.detach(), *torch.autograd.grad(total, (coefficients, log_deviations))

    gradient()
    return gradient, lambda: flat(*gradient())


ROWS = {"learning/filter": filter_gradient}
