"""Solutions of initial value problems by SciPy at tight tolerances: writes integrators.json beside itself."""

import json
import pathlib

import numpy as np
from scipy.integrate import solve_ivp


def lotka_volterra(t, s, alpha=0.55, beta=0.028, gamma=0.84, delta=0.026):
    hare, lynx = s
    return [(alpha - beta * lynx) * hare, (-gamma + delta * hare) * lynx]


def pendulum(t, s, damping=0.2, strength=1.2, frequency=2.0 / 3):
    angle, velocity = s
    return [velocity, -np.sin(angle) - damping * velocity + strength * np.cos(frequency * t)]


def robertson(t, s):
    a, b, c = s
    return [-0.04 * a + 1e4 * b * c, 0.04 * a - 1e4 * b * c - 3e7 * b * b, 3e7 * b * b]


def van_der_pol(t, s, mu=1000.0):
    x, v = s
    return [v, mu * (1 - x * x) * v - x]


def solve(model, start, times, method="DOP853", rtol=1e-13, atol=1e-13):
    solution = solve_ivp(model, (times[0], times[-1]), start, method=method, t_eval=times[1:], rtol=rtol, atol=atol)
    return {"start": list(start), "times": list(times), "states": solution.y.T.tolist()}


reference = {
    # Twenty years, of different lengths.
    "lotkaVolterra": solve(lotka_volterra, [30.0, 4.0], [1900.0, 1900.3, 1904.0, 1911.7, 1920.0]),
    "pendulum": solve(pendulum, [0.2, 0.0], [0.0, 1.0, 5.0, 5.1, 20.0]),
    "robertson": solve(robertson, [1.0, 0.0, 0.0], [0.0, 0.4, 40.0, 4000.0, 4e5], "Radau", 1e-11, 1e-16),
    "vanDerPol": solve(van_der_pol, [2.0, 0.0], [0.0, 1.0, 400.0, 1000.0, 2000.0], "Radau", 1e-11, 1e-13),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference, indent=1) + "\n")
