"""Densities, moments and quantiles of distributions by SciPy: writes distributions.json beside itself."""

import json
import pathlib

import numpy as np
from scipy import stats

cases = {
    "normal(1, 0.5)": (stats.norm(1, 0.5), [-1.0, 0.9, 4.0]),
    "lognormal(log(10), 1)": (stats.lognorm(1, scale=10), [0.1, 9.0, 300.0]),
    "uniform(-2, 3)": (stats.uniform(-2, 5), [-2.0, 0.3, 3.0]),
    "exponential(4)": (stats.expon(scale=0.25), [0.0, 0.1, 3.0]),
    "gamma(2.5, 3)": (stats.gamma(2.5, scale=1 / 3), [0.01, 0.9, 7.0]),
    "gamma(0.05, 2)": (stats.gamma(0.05, scale=0.5), [1e-9, 0.2, 5.0]),
    "gamma(200, 0.1)": (stats.gamma(200, scale=10), [1500.0, 2000.0, 2600.0]),
    "beta(2, 5)": (stats.beta(2, 5), [0.01, 0.3, 0.99]),
    "beta(0.3, 0.4)": (stats.beta(0.3, 0.4), [1e-6, 0.5, 0.999]),
    "halfnormal(2)": (stats.halfnorm(scale=2), [0.0, 1.0, 8.0]),
    "student(3, 1, 0.5)": (stats.t(3, 1, 0.5), [-9.0, 1.2, 2.0]),
    "student(0.7, 0, 2)": (stats.t(0.7, 0, 2), [-90.0, 0.1, 20.0]),
}
parts = [1e-6, 0.05, 0.5, 0.8, 0.999]
reference = {
    text: {
        "x": points,
        "logDensities": distribution.logpdf(points).tolist(),
        "mean": float(distribution.mean()) if np.isfinite(distribution.mean()) else None,
        "deviation": float(distribution.std()) if np.isfinite(distribution.std()) else None,
        "parts": parts,
        "quantiles": distribution.ppf(parts).tolist(),
    }
    for text, (distribution, points) in cases.items()
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference, indent=1) + "\n")
