"""Scores of small ensembles and normal forecasts by their definitions, in NumPy and SciPy.

Run from this folder: python3 verification.py > verification.json
"""
import json

import numpy as np
from scipy import integrate, stats

random = np.random.default_rng(20)
times, count = 12, 7
members = random.normal(size=(times, count)).round(3) * 1.3 + 0.2
truth = random.normal(size=times).round(3)
truth[3] = members[3, 2]  # a tie
mask = np.ones(times, bool)
mask[5] = False
X, y = members[mask], truth[mask]

absolute = np.abs(X - y[:, None]).mean(1)
pairs = np.abs(X[:, :, None] - X[:, None, :]).sum((1, 2)) / 2
plain = absolute - pairs / count**2
fair = absolute - pairs / (count * (count - 1))
mean = X.mean(1)
variance = X.var(1, ddof=1)


def quantile(p):
    return np.quantile(X, p, axis=1, method="weibull")


def coverage(level):
    return float(((quantile((1 - level) / 2) <= y) & (y <= quantile((1 + level) / 2))).mean())


def crps_by_integral(mu, sigma, value):
    below = integrate.quad(lambda x: stats.norm.cdf(x, mu, sigma) ** 2, -np.inf, value, epsabs=1e-13)[0]
    above = integrate.quad(lambda x: stats.norm.sf(x, mu, sigma) ** 2, value, np.inf, epsabs=1e-13)[0]
    return below + above


gaussian = [(0.3, 0.8, 1.1), (-1.0, 2.5, -4.0), (0.0, 1.0, 0.0), (5.0, 0.1, 4.6)]
vectors = random.normal(size=(6, 3)).round(3)
target = random.normal(size=3).round(3)
to_target = np.linalg.norm(vectors - target, axis=1).mean()
between = np.linalg.norm(vectors[:, None] - vectors[None], axis=2).sum() / 2
counts = [12, 18, 9, 30, 21]

print(json.dumps({
    "members": members.tolist(), "truth": truth.tolist(), "mask": mask.tolist(),
    "rmse": float(np.sqrt(((mean - y) ** 2).mean())),
    "bias": float((mean - y).mean()),
    "meanAbsoluteError": float(np.abs(mean - y).mean()),
    "correlation": float(stats.pearsonr(mean, y)[0]),
    "uncentered": float((mean * y).sum() / np.sqrt((mean**2).sum() * (y**2).sum())),
    "crpsPlain": float(plain.mean()), "crpsFair": float(fair.mean()),
    "spread": float(np.sqrt(variance.mean())),
    "ratio": float(np.sqrt((count + 1) / count * variance.mean() / ((mean - y) ** 2).mean())),
    "coverage50": coverage(0.5), "coverage70": coverage(0.7), "coverage90": coverage(0.9),
    "quantile10": quantile(0.1).tolist(), "quantile63": quantile(0.63).tolist(),
    "logScore": float(-stats.norm.logpdf(y, mean, np.sqrt(variance)).mean()),
    "gaussian": [[*g, crps_by_integral(*g), float(-stats.norm.logpdf(g[2], g[0], g[1]))] for g in gaussian],
    "vectors": vectors.ravel().tolist(), "target": target.tolist(),
    "energyPlain": float(to_target - between / 36), "energyFair": float(to_target - between / 30),
    "counts": counts, "chiSquare": float(stats.chisquare(counts).statistic),
    "flatness": float(stats.chisquare(counts).pvalue),
    "student": [[t, k, float(stats.t.cdf(t, k))] for t, k in [(0.3, 1), (2.5, 2), (1.7, 3), (4.0, 4), (2.1, 17)]],
    "studentQuantiles": [[p, k, float(stats.t.ppf(p, k))] for p, k in [(0.975, 1), (0.975, 4), (0.95, 9), (0.995, 30)]],
    "exceedance": [[x, k, float(stats.chi2.sf(x, k))] for x, k in [(0.5, 1), (3.2, 2), (30.0, 9), (11.0, 10), (900.0, 100)]],
}, indent=1))
