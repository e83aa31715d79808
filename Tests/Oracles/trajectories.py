"""Reference trajectories of the Lorenz models, by SciPy at tight tolerances: writes trajectories.json beside itself."""

import json
import pathlib

import numpy as np
from scipy.integrate import solve_ivp


def lorenz63(t, s, sigma=10.0, rho=28.0, beta=8.0 / 3):
    x, y, z = s
    return [sigma * (y - x), x * (rho - z) - y, x * y - beta * z]


def lorenz96(t, x, forcing=8.0):
    return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + forcing


def two_scale_lorenz96(t, state, large=8, small=4, forcing=20.0, h=1.0, b=10.0, c=10.0):
    x, y = state[:large], state[large:]
    dx, dy = np.empty(large), np.empty(large * small)
    for k in range(large):
        load = sum(y[k * small + j] for j in range(small))
        dx[k] = -x[k - 1] * (x[k - 2] - x[(k + 1) % large]) - x[k] + forcing - h * c / b * load
    for i in range(large * small):
        after, later = y[(i + 1) % (large * small)], y[(i + 2) % (large * small)]
        dy[i] = -c * b * after * (later - y[i - 1]) - c * y[i] + h * c / b * x[i // small]
    return np.concatenate([dx, dy])


def solve(model, start, times):
    solution = solve_ivp(model, (0, times[-1]), start, method="DOP853", t_eval=times, rtol=1e-13, atol=1e-13)
    return {"start": list(start), "times": list(times), "states": solution.y.T.tolist()}


start96 = 8.0 + 3 * np.sin(np.arange(40.0) * 1.7)
reference = {
    "lorenz63": solve(lorenz63, [1.2, -0.7, 21.0], np.array([0.5, 1.0, 1.5, 2.0])),
    "lorenz96": solve(lorenz96, start96.tolist(), np.array([0.25, 0.5, 0.75, 1.0])),
}
two_scale = np.concatenate([8 + 3 * np.sin(np.arange(8.0) * 1.7), 0.3 * np.cos(np.arange(32.0) * 0.9)])
reference["twoScaleLorenz96"] = solve(two_scale_lorenz96, two_scale.tolist(), np.array([0.1, 0.2, 0.3]))
# One step of the classical Runge-Kutta method, by the formula, in NumPy.
step, f, x = 0.05, lorenz96, start96
k1 = f(0, x)
k2 = f(0, x + step / 2 * k1)
k3 = f(0, x + step / 2 * k2)
k4 = f(0, x + step * k3)
reference["step"] = {"start": x.tolist(), "times": [step], "states": [(x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)).tolist()]}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(reference, indent=1) + "\n")
