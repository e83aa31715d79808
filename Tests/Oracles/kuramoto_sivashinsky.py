"""Kuramoto-Sivashinsky by ETD-RK4 in NumPy, and by SciPy at tight tolerances: writes kuramoto_sivashinsky.json beside
itself.

The scheme is written with complex numbers after Kassam & Trefethen (2005); the coefficients are by Taylor series and
exact formulas in 60 digits instead of their contour integrals, so that they check those.
"""

import json
import pathlib
from decimal import Decimal, getcontext

import numpy as np
from scipy.integrate import solve_ivp

getcontext().prec = 60


def coefficients(growth, h):
    z = Decimal(float(growth))
    if z == 0:
        return [h * c for c in (0.5, 1 / 6, 1 / 3, 1 / 6)]
    e = z.exp()
    values = [
        ((z / 2).exp() - 1) / z,
        (-4 - z + e * (4 - 3 * z + z * z)) / z**3,
        2 * (2 + z + e * (-2 + z)) / z**3,
        (-4 - 3 * z - z * z + e * (4 - z)) / z**3,
    ]
    return [h * float(v) for v in values]


class Model:
    def __init__(self, points, length, h):
        self.points = points
        self.q = 2 * np.pi / length * np.arange(points // 2 + 1)
        self.linear = self.q**2 - self.q**4
        self.derivative = -0.5j * self.q
        self.derivative[-1] = 0
        self.e, self.e2 = np.exp(h * self.linear), np.exp(h * self.linear / 2)
        self.half, self.f1, self.f2, self.f3 = np.array([coefficients(g, h) for g in h * self.linear]).T

    def nonlinear(self, v):
        return self.derivative * np.fft.rfft(np.fft.irfft(v, self.points) ** 2)

    def step(self, v):
        n1 = self.nonlinear(v)
        a = self.e2 * v + self.half * n1
        n2 = self.nonlinear(a)
        b = self.e2 * v + self.half * n2
        n3 = self.nonlinear(b)
        c = self.e2 * a + self.half * (2 * n3 - n1)
        n4 = self.nonlinear(c)
        return self.e * v + self.f1 * n1 + self.f2 * (n2 + n3) + self.f3 * n4


def start(points, length):
    x = length * np.arange(1, points + 1) / points
    return np.cos(2 * np.pi * x / length) * (1 + np.sin(2 * np.pi * x / length))


records = []
for points, length, h, count in [(128, 32 * np.pi, 0.25, 40), (32, 22.0, 0.1, 40), (30, 22.0, 0.1, 10)]:
    model, u = Model(points, length, h), start(points, length)
    v = np.fft.rfft(u)
    for _ in range(count):
        v = model.step(v)
    records.append({
        "points": points, "length": length, "step": h, "count": count, "start": u.tolist(),
        "end": np.fft.irfft(v, points).tolist(),
    })

# The solution itself, of the equations of the modes.
model, u = Model(32, 22.0, 0.1), start(32, 22.0)
scale = len(model.q)


def tendency(t, y):
    v = y[:scale] + 1j * y[scale:]
    d = model.linear * v + model.nonlinear(v)
    return np.concatenate([d.real, d.imag])


v = np.fft.rfft(u)
solution = solve_ivp(tendency, (0, 4), np.concatenate([v.real, v.imag]), method="Radau", rtol=1e-11, atol=1e-11)
y = solution.y[:, -1]
exact = {
    "points": 32, "length": 22.0, "step": 4.0, "count": 1, "start": u.tolist(),
    "end": np.fft.irfft(y[:scale] + 1j * y[scale:], 32).tolist(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"scheme": records, "exact": exact}) + "\n")
print(len(records) + 1, "trajectories")
